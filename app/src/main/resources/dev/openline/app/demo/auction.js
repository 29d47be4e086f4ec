// Auction: one lot, heard of in two ways. Polling asks over HTTP; the open line is told.
import { byTestId, element, write } from './element.js';
import { estimateClock, serverNow } from './server-clock.js';
import { Strip } from './strip.js';

const CHANNEL = 'auction:lot';
const URL = '/demo/auction';
const FIRST_INTERVAL_MS = 1000;
const ROUND_MS = 60_000;

const POLLED_BYTES =
  'What came back: the head of each answer (status line and headers, counted from what the browser shows) and its body. ' +
  'Not counted: what was sent, which is some 500 bytes of headers for every question.';
const PUSHED_BYTES =
  'What came on the line for this auction: each message spelled out again as JSON, and 2 to 4 bytes of frame. ' +
  'Not counted: the one handshake that the whole page shares.';

const ms = (value) => (value < 1 ? '< 1 ms' : value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`);
const bytes = (value) => (value < 10_000 ? `${value} B` : `${(value / 1000).toFixed(1)} kB`);
const plural = (n, one) => `${n} ${one}${n === 1 ? '' : 's'}`;

/** What one side knows, and what it cost. */
class Side {
  requests = 0;
  messages = 0;
  nothing = 0;
  bytes = 0;
  missed = 0;
  heard = 0;
  late = 0;
  worst = 0;
  hammers = [];
  hammersMissed = 0;
  state = null;
  #version = null;
  #root;
  #strip;

  constructor(testId, titleId, { title, requests, strip, how, control }) {
    this.#root = byTestId(testId);
    this.#root.append(document.getElementById('side').content.cloneNode(true));
    for (const hook of this.#root.querySelectorAll('[data-hook]')) hook.dataset.testid = `${testId}-${hook.dataset.hook}`;
    const heading = this.#root.querySelector('h3');
    heading.id = titleId;
    heading.textContent = title;
    this.#hook('requests-label').textContent = requests;
    this.#hook('strip-label').textContent = strip;
    this.#hook('bytes-how').title = how;
    this.#strip = new Strip(this.#root.querySelector('canvas'));
    this.#hook('control').append(...control);
  }

  /** A state of the auction reached this side now. */
  hear(version, state) {
    if (this.#version !== null && version <= this.#version) {
      if (state.at <= this.state.at) return;
      this.#version = null; // newer, with a lower number: the server began anew
    }
    if (this.#version !== null) this.missed += version - this.#version - 1;
    const newRound = this.state && state.round !== this.state.round;
    if (newRound && this.state.state !== 'sold') this.hammersMissed++;
    const first = this.#version === null;
    this.#version = version;
    this.state = state;
    this.#strip.mark(state.state === 'sold' ? 'sold' : 'news');
    if (first) return; // it was there before this side began to count
    const late = Math.max(0, serverNow() - state.at);
    this.heard++;
    this.late += late;
    this.worst = Math.max(this.worst, late);
    if (state.state === 'sold') this.hammers.push(late);
  }

  /** An answer came, and said that nothing is new. */
  hearNothing() {
    this.nothing++;
    this.#strip.mark('nothing');
  }

  /** Counts from zero again; what is known stays known. */
  reset() {
    const zero = { requests: 0, messages: 0, nothing: 0, bytes: 0, missed: 0, heard: 0, late: 0, worst: 0, hammersMissed: 0 };
    Object.assign(this, zero, { hammers: [] });
  }

  /** Offsets of another epoch cannot be compared with those of the last. */
  forgetVersion() {
    this.#version = null;
  }

  get average() {
    return this.heard ? this.late / this.heard : null;
  }

  get hammer() {
    return this.hammers.at(-1) ?? null;
  }

  draw() {
    const set = (hook, text) => write(this.#hook(hook), text);
    set('requests', this.messages ? `${this.requests} + ${this.messages}` : this.requests);
    set('nothing', this.nothing);
    set('bytes', bytes(this.bytes));
    set('missed', this.missed);
    this.#hook('missed').classList.toggle('bad', this.missed > 0);
    set('average', this.average === null ? '–' : ms(this.average));
    set('worst', this.heard ? ms(this.worst) : '–');
    set('hammer', this.hammer === null ? (this.hammersMissed ? 'missed' : '–') : `${ms(this.hammer)} late`);
    this.#drawNow();
    this.#strip.draw();
  }

  #drawNow() {
    if (!this.state) return;
    const { bid, by, state, endsAt } = this.state;
    const left = Math.max(0, endsAt - serverNow());
    this.#root.dataset.state = state;
    write(this.#hook('bid'), `€ ${bid}`);
    write(this.#hook('by'), by ? (state === 'sold' ? `sold to ${by}` : by) : 'no bid yet');
    write(this.#hook('clock'), state === 'sold' ? 'sold' : `${(left / 1000).toFixed(1)} s`);
    this.#hook('left').style.transform = `scaleX(${state === 'sold' ? 0 : Math.min(1, left / ROUND_MS)})`;
  }

  #hook(name) {
    return this.#root.querySelector(`[data-hook="${name}"]`);
  }
}

/** Both sides, counted over the same time. */
class Board {
  #polled;
  #pushed;
  #since = performance.now();

  constructor(polled, pushed) {
    this.#polled = polled;
    this.#pushed = pushed;
  }

  /**
   * A new interval is a new comparison. The dial of the line in use was made before, and still counts, as does the question whose answer
   * is still to come.
   */
  startOver({ asked }) {
    this.#since = performance.now();
    this.#polled.reset();
    this.#polled.requests = asked;
    this.#pushed.reset();
    this.#pushed.requests = 1;
  }

  draw() {
    const state = this.#pushed.state ?? this.#polled.state;
    const seconds = Math.round((performance.now() - this.#since) / 1000);
    if (state) {
      write(byTestId('auction-lot'), state.lot);
      write(byTestId('auction-round'), `round ${state.round}`);
    }
    write(byTestId('auction-since'), `counted for ${seconds} s`);
    write(byTestId('auction-verdict'), this.#verdict(seconds));
    this.#polled.draw();
    this.#pushed.draw();
  }

  #verdict(seconds) {
    const [polled, pushed] = [this.#polled, this.#pushed];
    if (!polled.heard || !pushed.heard) return 'Waiting for the first bids.';
    const all = pushed.heard + pushed.missed;
    const idle = polled.nothing ? `, ${polled.nothing} of them for nothing` : '';
    const unseen = polled.missed ? `never saw ${polled.missed} of ${plural(all, 'change')}` : `saw all ${plural(all, 'change')}`;
    const hammer = polled.hammer !== null && pushed.hammer !== null ? ` The hammer: ${ms(polled.hammer)} late against ${ms(pushed.hammer)}.` : '';
    return (
      `In ${seconds} s polling asked ${plural(polled.requests, 'time')}${idle}, ${unseen}, and was ${ms(polled.average)} late on average. ` +
      `The open line ${pushed.missed ? `missed ${pushed.missed}` : 'missed none'}, and was ${ms(pushed.average)} late.${hammer}`
    );
  }
}

/** Asks again and again, one question at a time. */
class Polling {
  intervalMs = FIRST_INTERVAL_MS;
  #side;
  #etag = null;
  #timer = null;
  /** How many questions are on their way: none, or one. */
  underWay = 0;

  constructor(side) {
    this.#side = side;
  }

  async ask() {
    this.#timer = null;
    this.underWay = 1;
    const asked = performance.now();
    try {
      await this.#question();
    } catch {
      // the server is away; the next question finds out
    }
    this.underWay = 0;
    this.#timer = setTimeout(() => this.ask(), Math.max(0, this.intervalMs - (performance.now() - asked)));
  }

  every(intervalMs) {
    this.intervalMs = intervalMs;
    if (!this.#timer) return; // a question is on its way, and the next keeps the new time
    clearTimeout(this.#timer);
    this.ask();
  }

  async #question() {
    this.#side.requests++;
    const answer = await fetch(URL, { cache: 'no-store', headers: this.#etag ? { 'If-None-Match': this.#etag } : {} });
    const body = await answer.text();
    this.#side.bytes += headLength(answer) + new TextEncoder().encode(body).length;
    if (answer.status === 304) {
      this.#side.hearNothing();
    } else if (answer.status === 200) {
      this.#etag = answer.headers.get('ETag');
      const state = JSON.parse(body);
      this.#side.hear(state.version, state);
    }
  }
}

/** `HTTP/1.1 200 OK`, each header with its colon, space and line end, and the empty line. */
function headLength(answer) {
  let length = 'HTTP/1.1 '.length + `${answer.status} ${answer.statusText}`.length + 4;
  for (const [name, value] of answer.headers) length += name.length + value.length + 4;
  return length;
}

/** The size of a publication on the line: the message, and a frame head of 2 bytes (4 from 126 bytes on). */
function pushLength(publication) {
  const message = new TextEncoder().encode(JSON.stringify({ push: { channel: CHANNEL, pub: publication } })).length;
  return message + (message < 126 ? 2 : 4);
}

export function startAuction(line, panel) {
  const slider = element('input', { type: 'range', min: 200, max: 5000, step: 100, value: FIRST_INTERVAL_MS, data: { testid: 'auction-slider' } });
  const interval = element('output', { data: { testid: 'auction-interval' } });
  const polled = new Side('auction-polled', 'polled-title', {
    title: 'Polled over HTTP',
    requests: 'requests',
    strip: 'answers, last 30 s (pale: nothing new)',
    how: POLLED_BYTES,
    control: [element('label', {}, 'asks every ', interval, slider)],
  });
  const pushed = new Side('auction-pushed', 'pushed-title', {
    title: 'Pushed on the open line',
    requests: 'dials + messages',
    strip: 'messages, last 30 s',
    how: PUSHED_BYTES,
    control: [element('p', { textContent: 'asks nothing, is told' })],
  });
  const polling = new Polling(polled);
  const board = new Board(polled, pushed);

  const showInterval = () => (interval.textContent = ms(Number(slider.value)));
  slider.addEventListener('input', showInterval);
  slider.addEventListener('change', () => {
    board.startOver({ asked: polling.underWay });
    polling.every(Number(slider.value));
  });
  showInterval();

  const lot = subscribe(line, panel, pushed);
  estimateClock().then(() => {
    board.startOver({ asked: 0 });
    polling.ask();
  });
  setInterval(() => document.visibilityState === 'visible' && board.draw(), 100);
  return { [CHANNEL]: lot };
}

function subscribe(line, panel, pushed) {
  const audit = panel.audit(CHANNEL);
  let epoch = null;
  line.on('dial', () => pushed.requests++);
  const lot = line.subscribe(CHANNEL, {
    recoverable: true,
    positioned: true,
    onState(event) {
      audit.state(event);
      if (event.state !== 'subscribed') return;
      if (epoch !== null && event.position?.epoch !== epoch) pushed.forgetVersion();
      epoch = event.position?.epoch;
      if (event.recovered) return;
      lot.history({ limit: 1, reverse: true }).then(
        ({ publications: [newest] }) => newest && pushed.hear(newest.offset, newest.data),
        () => {}, // the line was lost meanwhile; the next subscribe asks again
      );
    },
    onPublication(publication, how) {
      audit.publication(publication, how);
      pushed.messages++;
      pushed.bytes += pushLength(publication);
      pushed.hear(publication.offset, publication.data);
    },
  });
  return lot;
}
