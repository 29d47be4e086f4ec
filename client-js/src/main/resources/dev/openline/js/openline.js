/**
 * openline.js: an open line from a browser (or node >= 20) to a server that speaks the Centrifuge client protocol v2, as
 * JSON over WebSocket.
 *
 * A channel is a log, a subscription is a cursor, a line is only the pipe. Two laws follow:
 *  1. A subscription hands its cursor (epoch, offset) back after every redial, and passes each publication on at most
 *     once: what lies at or before the cursor is dropped.
 *  2. Nothing about the line is concluded from a timer alone. A timer that fires late (a tab in the background, a laptop
 *     that slept) says something about this page, not about the line; then the line is asked first.
 *
 * openline.d.ts says what members and options mean, this file only why. It is served as it is, in one request: hence
 * its length, and few comments.
 */

/** What leads from one state to the next. */
const LINE_MOVES = {
  disconnected: { connect: 'connecting' },
  connecting: { accept: 'connected', lose: 'connecting', stop: 'disconnected' },
  connected: { lose: 'connecting', stop: 'disconnected' },
};

const SUBSCRIPTION_MOVES = {
  unsubscribed: { subscribe: 'subscribing' },
  subscribing: { accept: 'subscribed', lose: 'subscribing', stop: 'unsubscribed' },
  subscribed: { lose: 'subscribing', stop: 'unsubscribed' },
};

function move(moves, from, by) {
  const to = moves[from][by];
  if (!to) throw new Error(`no way leads from ${from} by ${by}`);
  return to;
}

/** Local errors; the server's begin at 100. */
const TIMEOUT = 1;
const LINE_LOST = 2;
const NOT_CONNECTED = 3;
const NO_TOKEN = 5;
const BAD_CONFIGURATION = 12;
const TOO_MANY_WAITING = 15;
const READER_TOO_SLOW = 17;

/** Reasons of the state `connecting` that are not close codes. */
const LOST = 1;
const NO_PING = 2;
const SUBSCRIBE_TIMEOUT = 3;
const UNSUBSCRIBE_ERROR = 4;
const BROKEN_DELTA = 5;

const UNAUTHORIZED = [1, 'unauthorized'];
const TOKEN_EXPIRED = 109;
const MESSAGE_TOO_BIG = 1009;
const CONNECTION_EXPIRED = 3005;
const STATE_INVALIDATED = 3014;
const SERVER_UNSUBSCRIBE = 2000;
const RESUBSCRIBE_FROM = 2500;
const SUBSCRIPTION_STATE_INVALIDATED = 2502;

/** An epoch that no log ever has: recovery from it fails on purpose, and the application is told. */
const NO_EPOCH = '_';

/** Leaving a channel that was never joined changes nothing, and is answered: a harmless question to a server. */
const PROBE_CHANNEL = '?openline';

const MAX_WAITING = 256;

/** A timer this late was throttled, or the machine slept. */
const LATE_MS = 1000;

const FRESH_MS = 1000;

/** A token that lives longer than timers can wait is renewed early. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const DEFAULTS = {
  minDelay: 500,
  maxDelay: 20_000,
  timeout: 5_000,
  dialTimeout: 10_000,
  maxServerPingDelay: 10_000,
  name: 'openline-js',
};

const SYSTEM_CLOCK = {
  // Not performance.now(): it may stand still while a machine sleeps.
  now: () => Date.now(),
  setTimeout: (task, ms) => setTimeout(task, ms),
  clearTimeout: (timer) => clearTimeout(timer),
};

/** Whatever else closes a line, it is redialled. */
const isTerminal = (code) => (code >= 3500 && code < 4000) || (code >= 4500 && code < 5000);

/** Errors after which the same command may succeed later. */
const isPassing = (error) => error.code < 100 || error.code === TOKEN_EXPIRED || error.temporary;

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~';

/** The sum of big-endian words of 32 bits, the last one filled up with zeros. */
const checksum = (bytes) => bytes.reduce((sum, byte, i) => (sum + (byte << (24 - 8 * (i % 4)))) >>> 0, 0);

/** Fossil's deltas: the target's size, a line feed, pieces `count@offset,` of the base and `count:bytes`, `checksum;`. */
function patched(base, delta) {
  let at = 0;
  let size = 0;
  const number = () => {
    let value = 0;
    for (let digit; (digit = DIGITS.indexOf(String.fromCharCode(delta[at]))) >= 0; at++) value = value * 64 + digit;
    at++; // what ends it
    return value;
  };
  const target = new Uint8Array(number());
  for (;;) {
    const count = number();
    const kind = String.fromCharCode(delta[at - 1]);
    let piece;
    if (kind === '@') piece = base.subarray((piece = number()), piece + count);
    else if (kind === ':') piece = delta.subarray(at, (at += count));
    else if (kind === ';' && size === target.length && checksum(target) === count) return target;
    else throw new SyntaxError('broken delta');
    target.set(piece, size);
    size += piece.length;
  }
}

/** A callback's exception is reported as any uncaught one, and stops nothing here. */
function tell(listener, ...args) {
  if (!listener) return;
  try {
    listener(...args);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

export class OpenlineError extends Error {
  constructor(code, message, temporary = false) {
    super(message);
    this.name = 'OpenlineError';
    this.code = code;
    this.temporary = temporary;
  }
}

/** A text, or a function that fetches one, which is kept until it expires. */
class Token {
  #source;
  #text;
  #renewal = null;
  #cancel = null;

  constructor(source) {
    this.#source = source;
    this.#text = typeof source === 'function' ? undefined : source;
  }

  /** Calls `use(text)`, at once where no fetch is needed, or `fail(error)`. */
  with(use, fail) {
    if (this.#text !== undefined || !this.#source) return use(this.#text);
    Promise.resolve()
      .then(() => this.#source())
      .then(
        (text) => use((this.#text = text || undefined) ?? ''),
        (error) => fail(new OpenlineError(NO_TOKEN, `no token: ${error?.message ?? error}`)),
      );
  }

  expire() {
    if (typeof this.#source === 'function') this.#text = undefined;
  }

  /** Keeps open what it opened, until `rest()`: hands in another when its time is up. */
  renew(line, { expires, ttl }, kind, body, refuse) {
    this.rest();
    if (!expires || typeof this.#source !== 'function') return;
    let attempt = 0;
    const renewal = (this.#renewal = {});
    const unlessOver = (then) => (...args) => this.#renewal === renewal && then(...args);
    const wait = (ms) => (this.#cancel = line._later(ms, fetch));
    const fetch = () => {
      this.expire();
      this.with(unlessOver(send), unlessOver(again));
    };
    const again = (error) => {
      line._error(error);
      wait(line._delay(attempt++));
    };
    const send = (token) => {
      if (!token) return refuse(...UNAUTHORIZED);
      line._send(kind, { ...body, token }, unlessOver((error, result) => {
        if (!error) this.renew(line, result, kind, body, refuse);
        else if (isPassing(error)) again(error);
        else refuse(error.code, error.message);
      }));
    };
    wait(Math.min(ttl * 1000, LONGEST_TIMER_MS));
  }

  rest() {
    this.#renewal = null;
    this.#cancel?.();
    this.#cancel = null;
  }
}

export class Openline {
  data;
  outbox;

  #url;
  #options;
  #clock;
  #token;
  #state = 'disconnected';
  #clientId = null;
  #listeners = new Map();
  #subscriptions = new Map();
  /** Subscriptions that the server made. */
  #served = new Map();

  /** Of the current dial; events of any other are ignored. */
  #socket = null;
  /** The first frame (connect and all subscribes) is out. */
  #greeted = false;
  #calls = new Map();
  #lastId = 0;
  #waiting = [];
  /** Texts that are to leave as one frame, or null. */
  #cork = null;

  #attempt = 0;
  /** Changes with every dial and stop: a token fetched for an earlier one is not used. */
  #generation = 0;
  #cancelRedial = null;
  #cancelDial = null;
  #cancelWatch = null;
  #heardAt = 0;
  #pingMs = 0;
  #answersPings = false;
  /** The page was put away, and dials when it is shown again. */
  #dormant = false;
  #ears = null;

  constructor(url, options = {}) {
    this.#options = { WebSocket: globalThis.WebSocket, window: globalThis.window, random: Math.random, ...DEFAULTS, ...options };
    const { WebSocket, window, minDelay, maxDelay, clock = SYSTEM_CLOCK, token, data, outbox } = this.#options;
    if (typeof WebSocket !== 'function') throw new TypeError('no WebSocket: hand one in as options.WebSocket');
    if (!(minDelay > 0 && maxDelay >= minDelay)) throw new RangeError(`0 < minDelay <= maxDelay, not ${minDelay} and ${maxDelay}`);
    this.#url = new URL(url, window?.location?.href);
    this.#url.protocol = this.#url.protocol.replace(/^http/, 'ws');
    this.#clock = clock;
    this.#token = new Token(token);
    this.data = data;
    this.outbox = outbox?.use((entry) => this.rpc('openline.publish', entry), { clock, retryDelay: (attempt) => this._delay(attempt) });
  }

  get state() {
    return this.#state;
  }

  get clientId() {
    return this.#clientId;
  }

  on(event, listener) {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  connect({ signal } = {}) {
    if (this.#state !== 'disconnected') return;
    signal?.throwIfAborted();
    this.#state = move(LINE_MOVES, this.#state, 'connect');
    this.#attempt = 0;
    this.#ears = new AbortController();
    signal?.addEventListener('abort', () => this.disconnect(), { signal: this.#ears.signal });
    this.#listenToPage(this.#ears);
    this.#emitState({ code: 0, reason: 'connect called', attempt: 0, delay: 0 });
    if (this.#state === 'connecting') this.#dial();
  }

  disconnect() {
    this.#stop(0, 'disconnect called');
  }

  subscribe(channel, options = {}) {
    const subscription = new Subscription(this, channel, options);
    subscription.subscribe();
    return subscription;
  }

  async publish(channel, data, options) {
    await this._ask('publish', { channel, data }, options);
  }

  async rpc(method, data, options) {
    return (await this._ask('rpc', { method, data }, options)).data;
  }

  send(data) {
    if (this.#state !== 'connected') throw new OpenlineError(NOT_CONNECTED, 'not connected');
    this.#write(JSON.stringify({ send: { data } }));
  }

  async history(channel, { limit, since, reverse, signal } = {}) {
    const { publications = [], offset = 0, epoch = '' } = await this._ask('history', { channel, limit, since, reverse }, { signal });
    return { publications, offset, epoch };
  }

  async *log(channel, { since, reverse, pageSize = 100, signal } = {}) {
    for (;;) {
      const page = await this.history(channel, { limit: pageSize, since, reverse, signal });
      yield* page.publications;
      const last = page.publications.at(-1)?.offset;
      if (!last || (reverse ? last === 1 : last >= page.offset)) return;
      since = { offset: last, epoch: page.epoch };
    }
  }

  async presence(channel, options) {
    return (await this._ask('presence', { channel }, options)).presence ?? {};
  }

  async presenceStats(channel, options) {
    const { num_clients = 0, num_users = 0 } = await this._ask('presence_stats', { channel }, options);
    return { num_clients, num_users };
  }

  // ---- dialling ----------------------------------------------------------------------------------------------

  #dial() {
    this.#cancelRedial?.();
    this.#cancelRedial = null;
    const generation = ++this.#generation;
    const current = () => generation === this.#generation;
    this.#token.with(
      (text) => {
        if (!current()) return;
        if (text === '') return this.#stop(...UNAUTHORIZED);
        this.#open(text);
      },
      (error) => {
        if (!current()) return;
        this._error(error);
        this._lose(LOST, 'no token');
      },
    );
  }

  #open(token) {
    this.#emit('dial', { attempt: this.#attempt });
    if (this.#state !== 'connecting' || this.#socket) return; // a listener changed its mind
    let socket;
    try {
      socket = new this.#options.WebSocket(this.#url.href);
    } catch (error) {
      return this.#stop(BAD_CONFIGURATION, error.message); // the page's security rules always will
    }
    const mine = (handle) => (event) => this.#socket === socket && handle(event);
    this.#socket = socket;
    this.#cancelDial = this._judge(this.#options.dialTimeout, () => this._lose(LOST, 'dial timeout'));
    socket.onopen = mine(() => this.#greet(token));
    socket.onmessage = mine((event) => this.#hear(socket, event.data));
    socket.onclose = mine((event) => this.#closed(event.code ?? 1006, event.reason || 'line lost'));
    socket.onerror = () => {}; // a close follows, and says more
  }

  /** The first frame: connect, and behind it every subscribe, so that a redial costs one round trip. */
  #greet(token) {
    const { name, headers } = this.#options;
    const subs = this.#served.size ? Object.fromEntries([...this.#served].map(([channel, served]) => [channel, served._cursor])) : undefined;
    this.#cancelDial();
    this.#greeted = true;
    this.#cork = [];
    this._send('connect', { token, data: this.data, name, headers, subs }, (error, result) => this.#connected(error, result));
    for (const subscription of [...this.#subscriptions.values()]) subscription._start();
    const frame = this.#cork.join('\n');
    this.#cork = null;
    this.#write(frame);
  }

  #connected(error, result) {
    if (error?.code === LINE_LOST) return;
    if (error) {
      if (error.code === TOKEN_EXPIRED) this.#token.expire();
      return isPassing(error) ? this._lose(error.code, error.message) : this.#stop(error.code, error.message);
    }
    this.#state = move(LINE_MOVES, this.#state, 'accept');
    this.#attempt = 0;
    this.#clientId = result.client ?? null;
    this.#pingMs = (result.ping ?? 0) * 1000;
    this.#answersPings = result.pong === true;
    this.#watch();
    this.#renew(result);
    for (const held of this.#waiting.splice(0)) {
      held.cancel();
      this._send(held.kind, held.body, held.done);
    }
    this.#emitState({ code: 0, reason: 'connected', clientId: this.#clientId, data: result.data });
    this.#serveAll(result.subs ?? {});
  }

  #renew(result) {
    this.#token.renew(this, result, 'refresh', {}, (code, reason) => this.#stop(code, reason));
  }

  /** Subscriptions of before that the server does not name are over. */
  #serveAll(subs) {
    for (const [channel, served] of [...this.#served]) if (!subs[channel]) served._stop(SERVER_UNSUBSCRIBE, 'server unsubscribe');
    for (const [channel, result] of Object.entries(subs)) this.#serve(channel, result);
  }

  #serve(channel, result) {
    if (this.#state !== 'connected') return; // a listener left
    const served = this.#served.get(channel) ?? new Subscription(this, channel, {
      onState: (event) => this.#emit('subscription', { channel, ...event }),
      onPublication: (publication, how) => this.#emit('publication', { channel, publication, how }),
      onJoin: (info) => this.#emit('join', { channel, info }),
      onLeave: (info) => this.#emit('leave', { channel, info }),
    });
    this.#served.set(channel, served);
    served._serve(result);
  }

  #closed(code, reason) {
    if (code === MESSAGE_TOO_BIG) return this.#stop(3, 'message size limit');
    if (isTerminal(code)) return this.#stop(code, reason);
    if (code === CONNECTION_EXPIRED || code === STATE_INVALIDATED) this.#token.expire();
    if (code === STATE_INVALIDATED) for (const subscription of this.#all()) subscription._forget();
    this._lose(code, reason);
  }

  /** The pipe broke, or never was: redial after a while. */
  _lose(code, reason) {
    // Without a network an attempt proves nothing, and none is counted; but `onLine` may be wrong.
    const delay = this.#isOffline() ? this.#options.maxDelay : this._delay(this.#attempt++);
    this.#leave('lose', { code, reason, attempt: this.#attempt, delay });
  }

  #stop(code, reason) {
    if (this.#state === 'disconnected') return;
    this.#dormant = false;
    this.#ears?.abort();
    this.#ears = null;
    this.#leave('stop', { code, reason });
    for (const held of this.#waiting.splice(0)) {
      held.cancel();
      held.done(new OpenlineError(NOT_CONNECTED, 'not connected'));
    }
  }

  /** Listeners come last: whatever they call finds the new state complete. */
  #leave(by, event) {
    const calls = this.#hangUp();
    this.#state = move(LINE_MOVES, this.#state, by);
    if (event.delay < Infinity) this.#redialIn(event.delay);
    this.#emitState(event);
    for (const subscription of this.#all()) subscription._lose(LOST, 'line lost');
    for (const call of calls) call.done(new OpenlineError(LINE_LOST, 'line lost'));
  }

  /** Lets go of the socket, whose close event may come late or never; returns what waited for an answer. */
  #hangUp() {
    const socket = this.#socket;
    const calls = [...this.#calls.values()];
    this.#generation++;
    this.#socket = null;
    this.#greeted = false;
    this.#clientId = null;
    this.#token.rest();
    this.#calls.clear();
    this.#lastId = 0;
    for (const cancel of [this.#cancelRedial, this.#cancelDial, this.#cancelWatch, ...calls.map((call) => call.cancel)]) cancel?.();
    this.#cancelRedial = this.#cancelDial = this.#cancelWatch = null;
    if (socket && socket.readyState < 2) socket.close(1000, 'normal closure');
    return calls;
  }

  #redialIn(delay) {
    this.#cancelRedial?.();
    this.#cancelRedial = this._later(delay, () => this.#dial());
  }

  // ---- what the server says ----------------------------------------------------------------------------------

  #hear(socket, frame) {
    this.#heardAt = this.#clock.now();
    let replies;
    try {
      replies = frame.split('\n').filter(Boolean).map((text) => JSON.parse(text));
      if (!replies.every((reply) => typeof reply === 'object' && reply)) throw new TypeError('not a reply');
    } catch {
      return this._lose(LOST, 'undecodable frame');
    }
    for (const reply of replies) {
      if (this.#socket !== socket) return; // an earlier reply of this frame ended the line
      this.#take(reply);
    }
  }

  #take(reply) {
    if (reply.id) return this.#answer(reply);
    if (!reply.push) {
      if (this.#answersPings) this.#write('{}');
      return;
    }
    const { channel, message, refresh, subscribe } = reply.push;
    if (message) this.#emit('message', message.data);
    else if (refresh) this.#renew(refresh);
    else if (subscribe) this.#serve(channel, subscribe);
    else (this.#subscriptions.get(channel) ?? this.#served.get(channel))?._push(reply.push);
  }

  #answer({ id, error, ...result }) {
    const call = this.#calls.get(id);
    if (!call) return; // answered too late
    this.#calls.delete(id);
    call.cancel();
    if (error) call.done(new OpenlineError(error.code, error.message, error.temporary === true));
    else call.done(null, result[call.kind] ?? {});
  }

  // ---- is it still there? ------------------------------------------------------------------------------------

  /** A line silent for longer than a ping and its delay is dead. */
  #watch() {
    if (!this.#pingMs) return;
    const limit = this.#pingMs + this.#options.maxServerPingDelay;
    const due = Math.min(this.#heardAt + limit, this.#clock.now() + limit);
    this.#cancelWatch = this._later(due - this.#clock.now(), () => {
      const now = this.#clock.now();
      if (now - this.#heardAt < limit) this.#watch();
      else if (now - due > LATE_MS) this.#check(() => this.#watch());
      else this._lose(NO_PING, 'no ping');
    });
  }

  /** Asks the server for a sign of life; anything it says counts. */
  #check(then) {
    const asked = this.#clock.now();
    this._send('unsubscribe', { channel: PROBE_CHANNEL }, (error) => {
      if (error?.code === LINE_LOST) return;
      if (error?.code === TIMEOUT && this.#heardAt < asked) this._lose(NO_PING, 'no ping');
      else then?.();
    });
  }

  // ---- the page around it ------------------------------------------------------------------------------------

  #listenToPage({ signal }) {
    const { window } = this.#options;
    if (!window?.addEventListener) return;
    const { document } = window;
    document?.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.#nudge(), { signal });
    window.addEventListener('online', () => this.#nudge(), { signal });
    window.addEventListener('offline', () => this.#awaitNetwork(), { signal });
    window.addEventListener('pagehide', () => this.#sleep(), { signal });
    window.addEventListener('pageshow', () => this.#wake(), { signal });
  }

  /** Somebody looks, or the network is back: no more waiting. */
  #nudge() {
    if (this.#cancelRedial) this.#dial();
    else if (this.#state === 'connected' && this.#clock.now() - this.#heardAt > FRESH_MS) this.#check();
  }

  /** The network is gone: the next redial can wait for it. */
  #awaitNetwork() {
    if (!this.#cancelRedial || !this.#isOffline()) return;
    const delay = this.#options.maxDelay;
    this.#redialIn(delay);
    this.#emitState({ code: LOST, reason: 'offline', attempt: this.#attempt, delay });
  }

  #sleep() {
    if (this.#dormant) return;
    this.#dormant = true;
    this.#leave('lose', { code: LOST, reason: 'page hidden', attempt: this.#attempt, delay: Infinity });
  }

  #wake() {
    if (!this.#dormant) return;
    this.#dormant = false;
    this.#dial();
  }

  #isOffline() {
    const loopback = /^(localhost|127\..*|\[::1\])$/.test(this.#url.hostname); // reachable without any network
    return !loopback && this.#options.window?.navigator?.onLine === false;
  }

  #emitState(event) {
    if (this.#state === 'connected') this.outbox?.resume();
    else this.outbox?.pause();
    this.#emit('state', { state: this.#state, ...event });
  }

  #emit(event, value) {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) tell(listener, value);
  }

  #write(text) {
    if (this.#cork) this.#cork.push(text);
    else this.#socket?.send(text);
  }

  // ---- for subscriptions -------------------------------------------------------------------------------------

  get _greeted() {
    return this.#greeted;
  }

  _add(subscription) {
    const { channel } = subscription;
    if (this.#subscriptions.has(channel)) throw new Error(`already subscribed to ${channel}`);
    this.#subscriptions.set(channel, subscription);
  }

  _remove(subscription) {
    for (const map of [this.#subscriptions, this.#served]) if (map.get(subscription.channel) === subscription) map.delete(subscription.channel);
  }

  #all() {
    return [...this.#subscriptions.values(), ...this.#served.values()];
  }

  _error(error) {
    this.#emit('error', error);
  }

  /** Full jitter, so that the clients of one restarted server do not come back as one. */
  _delay(attempt) {
    const { minDelay, maxDelay, random } = this.#options;
    return Math.min(maxDelay, minDelay + Math.floor(random() * Math.min(maxDelay, minDelay * 2 ** attempt)));
  }

  /** Returns how to cancel it. */
  _later(ms, task) {
    const timer = this.#clock.setTimeout(task, ms);
    return () => this.#clock.clearTimeout(timer);
  }

  /** When the timer is late, what was sent meanwhile gets as much time again to be read. */
  _judge(ms, verdict) {
    const due = this.#clock.now() + ms;
    let cancel = this._later(ms, () => {
      if (this.#clock.now() - due > LATE_MS) cancel = this._later(ms, verdict);
      else verdict();
    });
    return () => cancel();
  }

  /** `done(error, result)` is called in order with all else that the server says. */
  _send(kind, body, done) {
    const id = this.#lastId + 1;
    const text = JSON.stringify({ id, [kind]: body });
    this.#lastId = id;
    const cancel = this._judge(this.#options.timeout, () => {
      this.#calls.delete(id);
      done(new OpenlineError(TIMEOUT, `no answer to ${kind} within ${this.#options.timeout} ms`));
    });
    this.#calls.set(id, { kind, done, cancel });
    this.#write(text);
  }

  /** Waits for the connection first, within the command's time. */
  _ask(kind, body, { signal } = {}) {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const abort = () => {
        if (this.#waiting.includes(call)) this.#unhold(call);
        call.done(signal.reason); // what is on its way is answered to nobody
      };
      const done = (error, result) => {
        signal?.removeEventListener('abort', abort);
        if (error) reject(error);
        else resolve(result);
      };
      const call = { kind, body, done };
      if (this.#state === 'connected') this._send(kind, body, done);
      else this.#hold(call);
      signal?.addEventListener('abort', abort);
    });
  }

  #hold(call) {
    if (this.#state === 'disconnected') throw new OpenlineError(NOT_CONNECTED, 'not connected');
    if (this.#waiting.length >= MAX_WAITING) throw new OpenlineError(TOO_MANY_WAITING, 'too many commands wait');
    call.cancel = this._judge(this.#options.timeout, () => {
      this.#unhold(call);
      call.done(new OpenlineError(TIMEOUT, `not connected within ${this.#options.timeout} ms`));
    });
    this.#waiting.push(call);
  }

  #unhold(call) {
    call.cancel();
    this.#waiting.splice(this.#waiting.indexOf(call), 1);
  }
}

/** A cursor on a channel's log. */
export class Subscription {
  channel;

  #line;
  #options;
  #token;
  #state = 'unsubscribed';
  #position;
  #recoverable;
  #attempt = 0;
  #cancelRetry = null;
  /** The subscribe command on its way: the answer to an abandoned one is not ours. */
  #request = null;
  /** Whether deltas may come, and what the next is a delta of. */
  #delta = false;
  #base = null;
  #readers = new Set();

  constructor(line, channel, options) {
    if (typeof channel !== 'string' || !channel) throw new TypeError('a channel has a name');
    const { token, since, signal } = options;
    this.channel = channel;
    this.#line = line;
    this.#options = { maxUnread: 1_024, ...options };
    this.#token = new Token(typeof token === 'function' ? () => token(channel) : token);
    this.#position = since ? { offset: since.offset ?? 0, epoch: since.epoch ?? '' } : null;
    this.#recoverable = this.#position !== null;
    signal?.addEventListener('abort', () => this.unsubscribe(), { once: true });
  }

  get state() {
    return this.#state;
  }

  get position() {
    return this.#position && { ...this.#position };
  }

  subscribe() {
    if (this.#state !== 'unsubscribed') return;
    this.#options.signal?.throwIfAborted();
    this.#line._add(this);
    this.#attempt = 0;
    this.#go('subscribe', { code: 0, reason: 'subscribe called' });
    this._start();
  }

  unsubscribe() {
    if (this.#state === 'unsubscribed') return;
    if (this.#line._greeted && (this.#state === 'subscribed' || this.#request)) this.#leave();
    this._stop(0, 'unsubscribe called');
  }

  publish(data, options) {
    return this.#line.publish(this.channel, data, options);
  }

  history(options) {
    return this.#line.history(this.channel, options);
  }

  log(options) {
    return this.#line.log(this.channel, options);
  }

  presence(options) {
    return this.#line.presence(this.channel, options);
  }

  presenceStats(options) {
    return this.#line.presenceStats(this.channel, options);
  }

  // ---- reading with `for await` ------------------------------------------------------------------------------

  [Symbol.asyncIterator]() {
    const reader = { unread: [], wake() {}, end: this.#state === 'unsubscribed' };
    this.#readers.add(reader);
    return this.#read(reader);
  }

  async *#read(reader) {
    try {
      while (reader.unread.length || !reader.end) {
        if (reader.unread.length) yield reader.unread.shift();
        else await new Promise((resolve) => (reader.wake = resolve));
      }
      if (reader.end instanceof Error) throw reader.end;
    } finally {
      this.#readers.delete(reader);
      if (!this.#readers.size && !this.#options.onPublication) this.unsubscribe(); // nobody else hears
    }
  }

  #tellReaders(change) {
    for (const reader of this.#readers) {
      if (!reader.end) change(reader);
      reader.wake();
    }
  }

  #hand(publication) {
    const { maxUnread } = this.#options;
    this.#tellReaders((reader) => {
      if (reader.unread.length < maxUnread) reader.unread.push(publication);
      else reader.end = new OpenlineError(READER_TOO_SLOW, `more than ${maxUnread} publications unread`);
    });
  }

  // ---- subscribing -------------------------------------------------------------------------------------------

  _start() {
    if (this.#state !== 'subscribing' || !this.#line._greeted || this.#request || this.#cancelRetry) return;
    const request = (this.#request = {});
    const current = () => this.#request === request;
    this.#token.with(
      (text) => {
        if (!current()) return;
        if (text === '') return this._stop(...UNAUTHORIZED);
        this.#line._send('subscribe', this.#command(text), (error, result) => {
          if (!current()) return;
          this.#request = null;
          if (error) this.#refused(error);
          else this.#accepted(result);
        });
      },
      (error) => {
        if (!current()) return;
        this.#request = null;
        this.#retry(error);
      },
    );
  }

  #command(token) {
    const { data, joinLeave, recoverable, positioned, delta, filter } = this.#options;
    return {
      channel: this.channel,
      token,
      data,
      join_leave: joinLeave || undefined,
      recoverable: recoverable || undefined,
      positioned: positioned || undefined,
      delta,
      tf: filter,
      ...this._cursor,
    };
  }

  get _cursor() {
    return this.#recoverable && this.#position ? { recover: true, ...this.#position } : undefined;
  }

  _serve(result) {
    if (this.#state === 'unsubscribed') this.#go('subscribe', { code: 0, reason: 'server subscribe' });
    if (this.#state === 'subscribing') this.#accepted(result);
  }

  #accepted(result) {
    const recovered = result.recovered === true;
    this.#attempt = 0;
    this.#recoverable = result.recoverable === true;
    this.#delta = result.delta === true;
    this.#token.renew(this.#line, result, 'sub_refresh', { channel: this.channel }, (code, reason) => {
      this.#leave();
      this._stop(code, reason);
    });
    if (!this.#recoverable && !result.positioned) this.#position = null;
    else this.#position = this.#cursorAfter(result, recovered);
    this.#go('accept', { recovered, wasRecovering: result.was_recovering === true, data: result.data });
    for (const publication of result.publications ?? []) this.#deliver(publication, 'recovered');
  }

  /** A recovered cursor walks over what was missed and never jumps, unless its log was replaced. */
  #cursorAfter({ offset = 0, epoch = '' }, recovered) {
    const own = this.#position;
    if (!recovered || !own) return { offset, epoch };
    if (own.epoch && own.epoch !== epoch) return { offset: 0, epoch }; // only the newest value is kept: it follows
    return { offset: own.offset, epoch };
  }

  #refused(error) {
    if (error.code === TIMEOUT) return this.#line._lose(SUBSCRIBE_TIMEOUT, 'subscribe timeout');
    if (error.code === TOKEN_EXPIRED) this.#token.expire();
    if (isPassing(error)) this.#retry(error);
    else this._stop(error.code, error.message);
  }

  #retry(error) {
    this.#line._error(error);
    if (this.#state !== 'subscribing') return;
    this.#cancelRetry = this.#line._later(this.#line._delay(this.#attempt++), () => {
      this.#cancelRetry = null;
      this._start();
    });
  }

  _push({ pub, join, leave, unsubscribe }) {
    if (unsubscribe) return this.#ended(unsubscribe.code ?? 0, unsubscribe.reason ?? '');
    if (this.#state !== 'subscribed') return; // left over
    if (pub) this.#deliver(pub, 'live');
    else if (join) tell(this.#options.onJoin, join.info);
    else if (leave) tell(this.#options.onLeave, leave.info);
  }

  #ended(code, reason) {
    if (this.#state !== 'subscribed') return;
    if (code < RESUBSCRIBE_FROM) return this._stop(code, reason);
    if (code > RESUBSCRIBE_FROM) this.#token.expire();
    if (code === SUBSCRIPTION_STATE_INVALIDATED) this._forget();
    this._lose(code, reason);
    this._start();
  }

  #deliver(publication, how) {
    if (this.#state !== 'subscribed') return; // a callback left
    if (this.#delta) {
      try {
        publication = this.#whole(publication);
      } catch (error) {
        return this.#startOver(error);
      }
    }
    const { offset, epoch } = publication;
    if (offset && this.#position) {
      if (offset <= this.#position.offset) return;
      this.#position.offset = offset;
      this.#position.epoch ||= epoch ?? '';
    }
    tell(this.#options.onPublication, publication, how);
    this.#hand(publication);
  }

  /** With deltas data is always a text: the publication itself, or what makes it of the one before. */
  #whole({ delta, data, ...rest }) {
    const bytes = new TextEncoder().encode(data);
    this.#base = delta ? patched(this.#base, bytes) : bytes;
    return { data: JSON.parse(new TextDecoder().decode(this.#base)), ...rest };
  }

  /** The cursor still stands before what could not be read: it comes again, as a whole. */
  #startOver({ message }) {
    this.#leave();
    this._lose(BROKEN_DELTA, message);
    this.#retry(new OpenlineError(BROKEN_DELTA, message));
  }

  #leave() {
    this.#line._send('unsubscribe', { channel: this.channel }, (error) => {
      if (error && error.code !== LINE_LOST) this.#line._lose(UNSUBSCRIBE_ERROR, 'unsubscribe error');
    });
  }

  _lose(code, reason) {
    this.#rest();
    if (this.#state === 'subscribed') this.#go('lose', { code, reason });
  }

  _forget() {
    this.#token.expire();
    if (this.#position) this.#position = { offset: 0, epoch: NO_EPOCH };
  }

  _stop(code, reason) {
    this.#rest();
    this.#line._remove(this);
    this.#go('stop', { code, reason });
    this.#tellReaders((reader) => (reader.end = code ? new OpenlineError(code, reason) : true));
  }

  #rest() {
    this.#request = null;
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    this.#token.rest();
  }

  #go(by, event) {
    this.#state = move(SUBSCRIPTION_MOVES, this.#state, by);
    tell(this.#options.onState, { state: this.#state, position: this.position, ...event });
  }
}
