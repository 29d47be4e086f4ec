// What happens to the line, told for people: the pill, the button that cuts it, the log, and the ledger of offsets.
import { byTestId, element, timeOfDay } from './element.js';
import { ScrollEnd } from './scroll-end.js';

const MAX_ENTRIES = 200;
const PULSE_MS = 900;

const plural = (n, one) => `${n} ${one}${n === 1 ? '' : 's'}`;

export class LinePanel {
  #line;
  #pill = byTestId('state-pill');
  #wire = byTestId('wire');
  #cut = byTestId('cut-button');
  #log = byTestId('line-log');
  #end = new ScrollEnd(this.#log);
  #dialledAt = 0;
  #redialAt = 0;
  #pulsedAt = 0;
  #wasConnected = false;

  constructor(line) {
    this.#line = line;
    line.on('state', (event) => this.#state(event));
    line.on('dial', ({ attempt }) => {
      this.#dialledAt = performance.now();
      this.#redialAt = 0;
      this.#show('connecting', 'dialling');
      if (attempt) this.tell('dial', 'dialled');
    });
    line.on('error', (error) => this.tell('bad', `${error.message} (${error.code})`));
    this.#cut.addEventListener('click', () => this.#cutLine());
    setInterval(() => this.#countDown(), 100);
  }

  /** Adds a line to the log. */
  tell(kind, text) {
    this.#log.append(
      element(
        'li',
        { data: { testid: 'line-log-entry', kind } },
        element('time', { textContent: timeOfDay(Date.now()) }),
        element('span', { textContent: text }),
      ),
    );
    while (this.#log.children.length > MAX_ENTRIES) this.#log.firstChild.remove();
    if (this.#end.follows) this.#end.go();
  }

  /** Something came through. */
  pulse() {
    const now = performance.now();
    if (now - this.#pulsedAt < PULSE_MS) return;
    this.#pulsedAt = now;
    this.#wire.classList.toggle('pulse-a');
  }

  /** Follows a channel of mode `every`: a book of its own, kept from the offsets alone. */
  audit(channel) {
    return new Audit(channel, this);
  }

  #state(event) {
    this.#cut.disabled = event.state !== 'connected';
    if (event.state === 'connected') {
      this.#wasConnected = true;
      this.#show('connected', 'connected');
      const ms = Math.round(performance.now() - this.#dialledAt);
      this.tell('good', `connected as ${event.clientId.slice(0, 8)}, ${ms} ms after dialling`);
    } else if (event.state === 'connecting' && event.code !== 0) {
      this.#show('waiting', this.#wasConnected ? 'line lost' : 'not reached');
      this.tell('bad', `${this.#wasConnected ? event.reason : 'not reached'} (${event.code})`);
      this.#wasConnected = false;
      this.#redialAt = performance.now() + event.delay;
      if (event.delay < Infinity) this.tell('dial', `redial ${event.attempt} in ${event.delay} ms`);
    } else if (event.state === 'disconnected') {
      this.#redialAt = 0;
      this.#show('disconnected', 'disconnected');
      this.tell('bad', `disconnected: ${event.reason} (${event.code})`);
    }
  }

  #show(state, text) {
    this.#pill.dataset.state = this.#wire.dataset.state = state;
    byTestId('state-text').textContent = text;
    this.#countDown();
  }

  #countDown() {
    const left = this.#redialAt - performance.now();
    const text = this.#redialAt && left < Infinity ? `redial in ${(Math.max(0, left) / 1000).toFixed(1)} s` : '';
    const wait = byTestId('state-countdown');
    if (wait.textContent !== text) wait.textContent = text;
  }

  async #cutLine() {
    this.tell('cut', 'cut: the server drops the socket, without a word');
    try {
      const answer = await fetch(`/demo/cut?client=${encodeURIComponent(this.#line.clientId)}`, { method: 'POST' });
      if (!answer.ok) this.tell('bad', `the server did not cut it (HTTP ${answer.status})`);
    } catch {
      this.tell('bad', 'the server could not be asked to cut it');
    }
  }
}

/** What came on one channel, by its offsets. It does not ask openline.js whether anything is missing; it counts. */
class Audit {
  #channel;
  #panel;
  #row;
  #last = null;
  #handedBack = null;
  #recovered = [];
  #received = 0;
  #gaps = 0;
  #twice = 0;

  constructor(channel, panel) {
    this.#channel = channel;
    this.#panel = panel;
    this.#row = element('tr', { data: { testid: 'ledger-row', channel } });
    byTestId('ledger').tBodies[0].append(this.#row);
    this.#draw();
  }

  /** To be told every state of the subscription. */
  state({ state, position, wasRecovering, recovered, code, reason }) {
    if (state === 'subscribing') this.#handedBack = position;
    if (state === 'unsubscribed') this.#panel.tell('bad', `${this.#channel}: ended by the server, ${reason} (${code})`);
    if (state !== 'subscribed') return;
    if (!wasRecovering) {
      this.#last = position?.offset ?? null;
      return this.#draw();
    }
    this.#panel.tell('cursor', `cursor handed back: ${this.#channel}, epoch ${this.#handedBack.epoch}, offset ${this.#handedBack.offset}`);
    if (!recovered) {
      this.#last = position.offset;
      const why = position.epoch === this.#handedBack.epoch ? 'no longer reaches back' : 'began anew';
      this.#panel.tell('bad', `${this.#channel}: the log ${why}, what it holds is loaded`);
      return this.#draw();
    }
    this.#recovered = [];
    queueMicrotask(() => this.#judge()); // what was missed is passed on before that
  }

  /** To be told every publication. */
  publication({ offset }, how) {
    this.#received++;
    if (how === 'recovered') this.#recovered.push(offset);
    if (this.#last !== null) {
      if (offset <= this.#last) this.#twice++;
      else this.#gaps += offset - this.#last - 1;
    }
    this.#last = Math.max(this.#last ?? 0, offset);
    this.#panel.pulse();
    this.#draw();
  }

  #judge() {
    const offsets = this.#recovered;
    const inOrder = offsets.every((offset, i) => offset === this.#handedBack.offset + 1 + i);
    if (!offsets.length) this.#panel.tell('good', `${this.#channel}: nothing was missed`);
    else if (inOrder) this.#panel.tell('good', `${this.#channel}: recovered ${plural(offsets.length, 'message')}, in order, none twice`);
    else this.#panel.tell('bad', `${this.#channel}: not in order: ${offsets.join(', ')}`);
  }

  #draw() {
    const cells = [this.#last ?? '–', this.#received, this.#gaps, this.#twice];
    this.#row.replaceChildren(
      element('th', { scope: 'row', textContent: this.#channel }),
      ...cells.map((value, i) => element('td', { textContent: value, className: i > 1 && value > 0 ? 'bad' : '' })),
    );
  }
}
