// A list that grows at its end, and stays there for whoever reads there.
const NEAR_PX = 60;

export class ScrollEnd {
  #place;
  #reached;
  #follows = true;
  #top = 0;

  /** @param reached told whenever the reader is at the end */
  constructor(place, reached = () => {}) {
    this.#place = place;
    this.#reached = reached;
    place.addEventListener('scroll', () => this.#scrolled());
    // What stands below the list may grow and take its room away, and no scroll event tells of that.
    const sizes = new ResizeObserver(() => this.#follows && this.go());
    sizes.observe(place);
    if (place.firstElementChild) sizes.observe(place.firstElementChild);
  }

  /** Whether the reader is at the end and wants to stay there. */
  get follows() {
    return this.#follows;
  }

  go() {
    this.#place.scrollTop = this.#place.scrollHeight;
    this.#top = this.#place.scrollTop;
    this.#follows = true;
    this.#reached();
  }

  /** Only who scrolls up leaves the end: a list that just lost some of its room is not at its end either. */
  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.#place;
    const atEnd = scrollHeight - scrollTop - clientHeight < NEAR_PX;
    this.#follows = atEnd || (this.#follows && scrollTop >= this.#top);
    this.#top = scrollTop;
    if (atEnd) this.#reached();
  }
}
