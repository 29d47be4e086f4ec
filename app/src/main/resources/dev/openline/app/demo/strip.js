// The last seconds as a strip of ticks: one for everything that arrived, tall for news, short and pale for none.
const SPAN_MS = 30_000;
const LOOKS = {
  nothing: { colour: '--soft', height: 0.3, alpha: 0.5 },
  news: { colour: '--accent', height: 0.75, alpha: 1 },
  sold: { colour: '--ink', height: 1, alpha: 1 },
};

export class Strip {
  #canvas;
  #marks = [];
  #style;

  constructor(canvas) {
    this.#canvas = canvas;
    this.#style = getComputedStyle(canvas); // live: follows the colour scheme
  }

  /** Something arrived now: `news`, `nothing` or `sold`. */
  mark(what) {
    this.#marks.push({ at: performance.now(), what });
  }

  draw() {
    const now = performance.now();
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const scale = window.devicePixelRatio;
    while (this.#marks.length && now - this.#marks[0].at > SPAN_MS) this.#marks.shift();
    if (this.#canvas.width !== Math.round(width * scale)) {
      this.#canvas.width = Math.round(width * scale);
      this.#canvas.height = Math.round(height * scale);
    }
    const pen = this.#canvas.getContext('2d');
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    for (const { at, what } of this.#marks) {
      const look = LOOKS[what];
      pen.globalAlpha = look.alpha;
      pen.fillStyle = this.#style.getPropertyValue(look.colour);
      pen.fillRect(width - 2 - ((now - at) / SPAN_MS) * width, height * (1 - look.height), 2, height * look.height);
    }
  }
}
