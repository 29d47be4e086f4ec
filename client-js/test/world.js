// A world that obeys: a clock that moves when told, sockets whose other end is the test, a window that never was.
import { Openline } from 'openline';

export class Clock {
  #now = 1_000_000;
  #timers = new Map();
  #next = 1;

  now = () => this.#now;

  setTimeout = (task, ms) => {
    this.#timers.set(this.#next, { at: this.#now + ms, task });
    return this.#next++;
  };

  clearTimeout = (timer) => this.#timers.delete(timer);

  get pending() {
    return this.#timers.size;
  }

  /** Time passes, and every timer fires when it is due. */
  advance(ms) {
    const until = this.#now + ms;
    for (let next; (next = this.#due(until)); ) {
      this.#now = Math.max(this.#now, next.at);
      this.#fire(next);
    }
    this.#now = until;
  }

  /** Time passes while nothing runs, as in a sleeping laptop; what was due meanwhile fires late, once each. */
  sleep(ms) {
    this.#now += ms;
    const late = [...this.#timers].filter(([, timer]) => timer.at <= this.#now).sort(([, a], [, b]) => a.at - b.at);
    for (const [id, timer] of late) if (this.#timers.has(id)) this.#fire({ id, ...timer });
  }

  #due(until) {
    let first = null;
    for (const [id, timer] of this.#timers) if (timer.at <= until && (!first || timer.at < first.at)) first = { id, ...timer };
    return first;
  }

  #fire({ id, task }) {
    this.#timers.delete(id);
    task();
  }
}

export class FakeWindow extends EventTarget {
  document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  navigator = { onLine: true };
  location = { href: 'https://example.org/page' };

  goes(event) {
    this.navigator.onLine = event === 'online';
    this.dispatchEvent(new Event(event));
  }

  becomes(visibility) {
    this.document.visibilityState = visibility;
    this.document.dispatchEvent(new Event('visibilitychange'));
  }
}

/** A line, the sockets that it dialled, and what it told. */
export function world({ url = 'ws://server/connection/websocket', ...options } = {}) {
  const clock = new Clock();
  const sockets = [];
  const events = [];
  class FakeWebSocket {
    readyState = 0;
    frames = [];
    closedWith = null;

    constructor(url) {
      this.url = url;
      sockets.push(this);
    }

    send(text) {
      if (this.readyState !== 1) throw new Error('send on a socket that is not open');
      this.frames.push(text);
    }

    close(code, reason) {
      this.readyState = 2;
      this.closedWith = { code, reason };
    }

    // the other end
    open() {
      this.readyState = 1;
      this.onopen({});
    }

    says(...replies) {
      this.onmessage({ data: replies.map((reply) => JSON.stringify(reply)).join('\n') });
    }

    saysRaw(data) {
      this.onmessage({ data });
    }

    cut(code = 1006, reason = '') {
      this.readyState = 3;
      this.onclose({ code, reason });
    }

    get commands() {
      return this.frames.flatMap((frame) => frame.split('\n').map((text) => JSON.parse(text)));
    }

    /** The newest command of a kind. */
    last(kind) {
      return this.commands.filter((command) => kind in command).at(-1);
    }
  }
  const line = new Openline(url, {
    WebSocket: FakeWebSocket,
    window: null,
    clock,
    random: () => 0.5,
    ...options,
  });
  line.on('state', (event) => events.push(event));
  return {
    line,
    clock,
    sockets,
    events,
    get socket() {
      return sockets.at(-1);
    },
    /** Connects, and the server accepts; `result` adds to its answer. */
    connected(result = {}) {
      line.connect();
      return this.accepted(result);
    },
    /** Time passes until the line dials again. */
    redials() {
      clock.advance(events.at(-1).delay);
    },
    /** The server accepts the present dial. */
    accepted(result = {}) {
      this.socket.open();
      this.socket.says({ id: 1, connect: { client: 'c1', version: '1', ping: 25, pong: true, ...result } });
      return this.socket;
    },
    /** The server answers the newest command of a kind. */
    answers(kind, result = {}) {
      this.socket.says({ id: this.socket.last(kind).id, [kind]: result });
    },
    refuses(kind, code, temporary) {
      this.socket.says({ id: this.socket.last(kind).id, error: { code, message: `error ${code}`, temporary } });
    },
    publishes(channel, ...offsets) {
      this.socket.says(...offsets.map((offset) => ({ push: { channel, pub: { data: `p${offset}`, offset } } })));
    },
  };
}

/** A subscription that remembers what it was told. */
export function listener() {
  const heard = { states: [], publications: [], joins: [], leaves: [] };
  return {
    heard,
    options: {
      onState: (event) => heard.states.push(event),
      onPublication: (publication, how) => heard.publications.push([publication.offset, how]),
      onJoin: (info) => heard.joins.push(info.client),
      onLeave: (info) => heard.leaves.push(info.client),
    },
  };
}

/** Lets every promise that can settle do so. */
export const settled = () => new Promise((resolve) => setImmediate(resolve));
