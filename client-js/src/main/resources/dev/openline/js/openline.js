/**
 * openline.js: an open line from a browser (or node >= 20) to the channels of a server that speaks the
 * Centrifuge client protocol v2, as JSON over WebSocket.
 *
 * A channel is a log, a subscription is a cursor, a line is only the pipe. Two laws follow:
 *  1. A subscription hands its cursor (epoch, offset) back after every redial, and passes each publication
 *     on at most once: what lies at or before the cursor is dropped.
 *  2. Nothing about the line is concluded from a timer alone. A timer that fires late (a tab in the background, a
 *     laptop that slept) says something about this page, not about the line; then the line is asked first.
 *
 * Not in here yet: subscriptions made by the server, refresh of expiring tokens in place (an expired connection is
 * redialled with a new token), deltas, other transports than WebSocket.
 *
 * Longer than the project's 400 lines a file, on purpose: it is served as it is, and one file is one request.
 */

/** The states of a line, and what leads from one to the next. */
const LINE_MOVES = {
  disconnected: { connect: 'connecting' },
  connecting: { accept: 'connected', lose: 'connecting', stop: 'disconnected' },
  connected: { lose: 'connecting', stop: 'disconnected' },
};

/** The states of a subscription. */
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

/** Local error codes; the server's begin at 100. */
const TIMEOUT = 1;
const LINE_LOST = 2;
const NOT_CONNECTED = 3;
const NO_TOKEN = 5;
const BAD_CONFIGURATION = 12;
const TOO_MANY_WAITING = 15;

/** Reasons of the state `connecting` that are not close codes. */
const LOST = 1;
const NO_PING = 2;
const SUBSCRIBE_TIMEOUT = 3;
const UNSUBSCRIBE_ERROR = 4;

const TOKEN_EXPIRED = 109;
const MESSAGE_TOO_BIG = 1009;
const STATE_INVALIDATED = 3014;
const RESUBSCRIBE_FROM = 2500;
const SUBSCRIPTION_STATE_INVALIDATED = 2502;

/** An epoch that no log ever has: recovery from it fails on purpose, and the application is told. */
const NO_EPOCH = '_';

/** Leaving a channel that was never joined changes nothing, and is answered: the one harmless question to a server. */
const PROBE_CHANNEL = '?openline';

/** Commands held while the line is being redialled; each waits for `timeout` at most. */
const MAX_WAITING = 256;

/** A timer that fires this much after its time was throttled, or the machine slept. */
const LATE_MS = 1000;

/** What was heard this recently needs no proof of life. */
const FRESH_MS = 1000;

const DEFAULTS = {
  minDelay: 500,
  maxDelay: 20_000,
  timeout: 5_000,
  dialTimeout: 10_000,
  maxServerPingDelay: 10_000,
  name: 'openline-js',
};

const SYSTEM_CLOCK = {
  // Not performance.now(): it may stand still while a machine sleeps, and sleep is what must be noticed.
  now: () => Date.now(),
  setTimeout: (task, ms) => setTimeout(task, ms),
  clearTimeout: (timer) => clearTimeout(timer),
};

/** Codes 3500-3999 and 4500-4999 end a line for good; whatever else closes it, it is redialled. */
const isTerminal = (code) => (code >= 3500 && code < 4000) || (code >= 4500 && code < 5000);

/** Errors after which the same command may succeed later. */
const isPassing = (error) => error.code < 100 || error.code === TOKEN_EXPIRED || error.temporary;

function parseReply(text) {
  const reply = JSON.parse(text);
  if (reply === null || typeof reply !== 'object') throw new SyntaxError('not a reply');
  return reply;
}

/** A callback's exception is reported as any uncaught one, and never stops the line or the publications after it. */
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

/** Why a command failed: `code` (1 timeout, 2 line lost, 3 not connected, 100 and above: the server's) and a text. */
export class OpenlineError extends Error {
  constructor(code, message, temporary = false) {
    super(message);
    this.name = 'OpenlineError';
    this.code = code;
    this.temporary = temporary;
  }
}

/** A token is a text, or a function that fetches one; a fetched token is kept until the server calls it expired. */
class Token {
  #source;
  #text;

  constructor(source) {
    this.#source = source;
    this.#text = typeof source === 'function' ? undefined : source;
  }

  /** Calls `use(text)` at once where no fetch is needed, else later; `fail(error)` when the fetch failed. */
  with(use, fail) {
    if (this.#text !== undefined || !this.#source) return use(this.#text);
    Promise.resolve()
      .then(() => this.#source())
      .then(
        (text) => use((this.#text = text || undefined) ?? ''),
        (error) => fail(error),
      );
  }

  expire() {
    if (typeof this.#source === 'function') this.#text = undefined;
  }
}

/** A line to one server, redialled until it is disconnected or refused for good. */
export class Openline {
  /** Sent with every connect command; a change counts from the next dial. */
  data;

  #url;
  #options;
  #clock;
  #token;
  #state = 'disconnected';
  #clientId = null;
  #listeners = new Map();
  #subscriptions = new Map();

  /** The socket of the current dial; events of any other are ignored. */
  #socket = null;
  /** True once the first frame of this socket (connect and all subscribes) is out. */
  #greeted = false;
  /** Commands on their way: id -> how to answer. */
  #calls = new Map();
  #lastId = 0;
  /** Commands that wait for the next connection. */
  #waiting = [];
  /** Texts held back so that they leave as one frame, or null. */
  #cork = null;

  #attempt = 0;
  /** Changes with every dial and every stop, so that a token fetched for an earlier one is not used. */
  #generation = 0;
  #cancelRedial = null;
  #cancelDial = null;
  #cancelWatch = null;
  #heardAt = 0;
  #pingMs = 0;
  #answersPings = false;
  /** The page lies in the back/forward cache and dials again when it is shown. */
  #dormant = false;
  #ears = null;

  /**
   * @param {string} url of the WebSocket endpoint; in a browser it may be relative to the page
   * @param {object} [options] see `OpenlineOptions` in openline.d.ts
   */
  constructor(url, options = {}) {
    this.#options = { WebSocket: globalThis.WebSocket, window: globalThis.window, random: Math.random, ...DEFAULTS, ...options };
    const { WebSocket, window, minDelay, maxDelay } = this.#options;
    if (typeof WebSocket !== 'function') throw new TypeError('no WebSocket here: hand a constructor in as options.WebSocket');
    if (!(minDelay > 0 && maxDelay >= minDelay)) throw new RangeError(`0 < minDelay <= maxDelay, not ${minDelay} and ${maxDelay}`);
    this.#url = new URL(url, window?.location?.href);
    this.#url.protocol = this.#url.protocol.replace(/^http/, 'ws');
    this.#clock = this.#options.clock ?? SYSTEM_CLOCK;
    this.#token = new Token(this.#options.token);
    this.data = this.#options.data;
  }

  /** `disconnected`, `connecting` or `connected`. */
  get state() {
    return this.#state;
  }

  /** The id that the server gave to this connection, or null while there is none. */
  get clientId() {
    return this.#clientId;
  }

  /**
   * Listens to `state`, `dial`, `message` or `error`.
   * @returns {() => void} stops listening
   */
  on(event, listener) {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** Dials, and keeps redialling; does nothing when that already goes on. */
  connect() {
    if (this.#state !== 'disconnected') return;
    this.#state = move(LINE_MOVES, this.#state, 'connect');
    this.#attempt = 0;
    this.#listenToPage();
    this.#emitState({ code: 0, reason: 'connect called', attempt: 0, delay: 0 });
    if (this.#state === 'connecting') this.#dial();
  }

  /** Hangs up and stays so. Subscriptions keep their cursors for the next `connect()`. */
  disconnect() {
    this.#stop(0, 'disconnect called');
  }

  /**
   * Subscribes to a channel, now or as soon as the line is connected, and again after every redial.
   * @param {string} channel
   * @param {object} [options] see `SubscribeOptions` in openline.d.ts
   * @returns {Subscription}
   */
  subscribe(channel, options = {}) {
    const subscription = new Subscription(this, channel, options);
    subscription.subscribe();
    return subscription;
  }

  /** Publishes to a channel; resolves when the server has it in the log, rejects with an `OpenlineError`. */
  async publish(channel, data) {
    await this._ask('publish', { channel, data });
  }

  /** Calls a method of the server and resolves with the answer's data. */
  async rpc(method, data) {
    return (await this._ask('rpc', { method, data })).data;
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
        if (text === '') return this.#stop(1, 'unauthorized');
        this.#open(text);
      },
      (error) => {
        if (!current()) return;
        this.#emit('error', new OpenlineError(NO_TOKEN, `no token: ${error?.message ?? error}`));
        this.#lose(LOST, 'no token');
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
      return this.#stop(BAD_CONFIGURATION, error.message); // a page's security rules refuse it, and always will
    }
    const mine = (handle) => (event) => this.#socket === socket && handle(event);
    this.#socket = socket;
    this.#cancelDial = this._judge(this.#options.dialTimeout, () => this.#lose(LOST, 'dial timeout'));
    socket.onopen = mine(() => this.#greet(token));
    socket.onmessage = mine((event) => this.#hear(socket, event.data));
    socket.onclose = mine((event) => this.#closed(event.code ?? 1006, event.reason || 'line lost'));
    socket.onerror = () => {}; // a close follows, and says more
  }

  /** The first frame: connect, and behind it every subscribe, so that a redial costs one round trip. */
  #greet(token) {
    const { name } = this.#options;
    this.#cancelDial();
    this.#greeted = true;
    this.#cork = [];
    this._send('connect', { token, data: this.data, name }, (error, result) => this.#connected(error, result));
    for (const subscription of [...this.#subscriptions.values()]) subscription._start();
    const frame = this.#cork.join('\n');
    this.#cork = null;
    this.#write(frame);
  }

  #connected(error, result) {
    if (error?.code === LINE_LOST) return;
    if (error) {
      if (error.code === TOKEN_EXPIRED) this.#token.expire();
      return isPassing(error) ? this.#lose(error.code, error.message) : this.#stop(error.code, error.message);
    }
    this.#state = move(LINE_MOVES, this.#state, 'accept');
    this.#attempt = 0;
    this.#clientId = result.client ?? null;
    this.#pingMs = (result.ping ?? 0) * 1000;
    this.#answersPings = result.pong === true;
    this.#watch();
    for (const held of this.#waiting.splice(0)) {
      held.cancel();
      this._send(held.kind, held.body, held.done);
    }
    this.#emitState({ code: 0, reason: 'connected', clientId: this.#clientId, data: result.data });
  }

  #closed(code, reason) {
    if (code === MESSAGE_TOO_BIG) return this.#stop(3, 'message size limit');
    if (isTerminal(code)) return this.#stop(code, reason);
    if (code === STATE_INVALIDATED) {
      this.#token.expire();
      for (const subscription of this.#subscriptions.values()) subscription._forget();
    }
    this.#lose(code, reason);
  }

  /** The pipe broke, or never was: redial after a while. */
  #lose(code, reason) {
    // Without a network an attempt proves nothing, so none is counted; one probe per maxDelay, as `onLine` may be wrong.
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

  /** Leaves the present socket. Listeners come last: whatever they call finds the new state complete. */
  #leave(by, event) {
    const calls = this.#hangUp();
    this.#state = move(LINE_MOVES, this.#state, by);
    if (event.delay < Infinity) this.#redialIn(event.delay);
    this.#emitState(event);
    for (const subscription of [...this.#subscriptions.values()]) subscription._lose(LOST, 'line lost');
    for (const call of calls) call.done(new OpenlineError(LINE_LOST, 'line lost'));
  }

  /** Lets go of the socket, whose close event may come much later or never, and returns what waited for an answer. */
  #hangUp() {
    const socket = this.#socket;
    const calls = [...this.#calls.values()];
    this.#generation++;
    this.#socket = null;
    this.#greeted = false;
    this.#clientId = null;
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
      replies = frame.split('\n').filter(Boolean).map(parseReply);
    } catch {
      return this.#lose(LOST, 'undecodable frame');
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
    if (reply.push.message) return this.#emit('message', reply.push.message.data);
    this.#subscriptions.get(reply.push.channel)?._push(reply.push);
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

  /** The server pings; a line silent for longer than a ping and its delay is dead. */
  #watch() {
    if (!this.#pingMs) return;
    const limit = this.#pingMs + this.#options.maxServerPingDelay;
    const due = Math.min(this.#heardAt + limit, this.#clock.now() + limit);
    this.#cancelWatch = this._later(due - this.#clock.now(), () => {
      const now = this.#clock.now();
      if (now - this.#heardAt < limit) this.#watch();
      else if (now - due > LATE_MS) this.#check(() => this.#watch());
      else this.#lose(NO_PING, 'no ping');
    });
  }

  /** Asks the server for a sign of life; anything it says counts. */
  #check(then) {
    const asked = this.#clock.now();
    this._send('unsubscribe', { channel: PROBE_CHANNEL }, (error) => {
      if (error?.code === LINE_LOST) return;
      if (error?.code === TIMEOUT && this.#heardAt < asked) this.#lose(NO_PING, 'no ping');
      else then?.();
    });
  }

  // ---- the page around it ------------------------------------------------------------------------------------

  #listenToPage() {
    const { window } = this.#options;
    if (!window?.addEventListener) return;
    this.#ears = new AbortController();
    const { signal } = this.#ears;
    const { document } = window;
    document?.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.#nudge(), { signal });
    window.addEventListener('online', () => this.#nudge(), { signal });
    window.addEventListener('offline', () => this.#hold(), { signal });
    // Not beforeunload: it also comes when the visitor then stays.
    window.addEventListener('pagehide', () => this.#sleep(), { signal });
    window.addEventListener('pageshow', () => this.#wake(), { signal });
  }

  /** Somebody looks at the page, or the network is back: no more waiting. */
  #nudge() {
    if (this.#cancelRedial) this.#dial();
    else if (this.#state === 'connected' && this.#clock.now() - this.#heardAt > FRESH_MS) this.#check();
  }

  /** The network is gone: the next redial can wait for it. */
  #hold() {
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
    this.#subscriptions.delete(subscription.channel);
  }

  _drop(code, reason) {
    this.#lose(code, reason);
  }

  _error(error) {
    this.#emit('error', error);
  }

  /** Full jitter, so that the clients of one restarted server do not come back as one. */
  _delay(attempt) {
    const { minDelay, maxDelay, random } = this.#options;
    return Math.min(maxDelay, minDelay + Math.floor(random() * Math.min(maxDelay, minDelay * 2 ** attempt)));
  }

  /** Runs a task once, in `ms` milliseconds; returns how to cancel it. */
  _later(ms, task) {
    const timer = this.#clock.setTimeout(task, ms);
    return () => this.#clock.clearTimeout(timer);
  }

  /** As `_later`, for verdicts: when the timer is late, what was sent meanwhile gets as much time again to be read. */
  _judge(ms, verdict) {
    const due = this.#clock.now() + ms;
    let cancel = this._later(ms, () => {
      if (this.#clock.now() - due > LATE_MS) cancel = this._later(ms, verdict);
      else verdict();
    });
    return () => cancel();
  }

  /** Sends a command; `done(error, result)` is called in order with everything else the server says. */
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

  /** A command for a caller: waits for the connection, within the command's time. */
  _ask(kind, body) {
    return new Promise((resolve, reject) => {
      const done = (error, result) => (error ? reject(error) : resolve(result));
      if (this.#state === 'connected') return this._send(kind, body, done);
      if (this.#state === 'disconnected') return reject(new OpenlineError(NOT_CONNECTED, 'not connected'));
      if (this.#waiting.length >= MAX_WAITING) return reject(new OpenlineError(TOO_MANY_WAITING, 'too many commands wait for the line'));
      const held = { kind, body, done };
      held.cancel = this._judge(this.#options.timeout, () => {
        this.#waiting.splice(this.#waiting.indexOf(held), 1);
        reject(new OpenlineError(TIMEOUT, `not connected within ${this.#options.timeout} ms`));
      });
      this.#waiting.push(held);
    });
  }
}

/** A cursor on a channel's log. Made by `Openline.subscribe`. */
export class Subscription {
  /** The channel's name. */
  channel;

  #line;
  #options;
  #token;
  #state = 'unsubscribed';
  #position;
  #recoverable;
  #attempt = 0;
  #cancelRetry = null;
  /** Stands for the subscribe command on its way, so that the answer to an abandoned one is not taken for ours. */
  #request = null;

  constructor(line, channel, options) {
    if (typeof channel !== 'string' || !channel) throw new TypeError('a channel has a name');
    this.channel = channel;
    this.#line = line;
    this.#options = options;
    this.#token = new Token(typeof options.token === 'function' ? () => options.token(channel) : options.token);
    this.#position = options.since ? { offset: options.since.offset ?? 0, epoch: options.since.epoch ?? '' } : null;
    this.#recoverable = this.#position !== null;
  }

  /** `unsubscribed`, `subscribing` or `subscribed`. */
  get state() {
    return this.#state;
  }

  /** Where the cursor stands, `{offset, epoch}`, or null on a channel without a log. */
  get position() {
    return this.#position && { ...this.#position };
  }

  /** Subscribes again after `unsubscribe()`, from where the cursor stands. */
  subscribe() {
    if (this.#state !== 'unsubscribed') return;
    this.#line._add(this);
    this.#attempt = 0;
    this.#go('subscribe', { code: 0, reason: 'subscribe called' });
    this._start();
  }

  /** Ends the subscription; the cursor is kept. */
  unsubscribe() {
    if (this.#state === 'unsubscribed') return;
    if (this.#line._greeted && (this.#state === 'subscribed' || this.#request)) {
      this.#line._send('unsubscribe', { channel: this.channel }, (error) => {
        if (error && error.code !== LINE_LOST) this.#line._drop(UNSUBSCRIBE_ERROR, 'unsubscribe error');
      });
    }
    this.#stop(0, 'unsubscribe called');
  }

  /** Publishes to this channel. */
  publish(data) {
    return this.#line.publish(this.channel, data);
  }

  /** Reads the log: `{publications, offset, epoch}`; without a limit only the position of its end. */
  async history({ limit, since, reverse } = {}) {
    const result = await this.#line._ask('history', { channel: this.channel, limit, since, reverse });
    return { publications: result.publications ?? [], offset: result.offset ?? 0, epoch: result.epoch ?? '' };
  }

  /** Who is here: client id -> info. */
  async presence() {
    return (await this.#line._ask('presence', { channel: this.channel })).presence ?? {};
  }

  /** How many are here: `{num_clients, num_users}`. */
  async presenceStats() {
    const { num_clients = 0, num_users = 0 } = await this.#line._ask('presence_stats', { channel: this.channel });
    return { num_clients, num_users };
  }

  /** Sends the subscribe command if the line can take one, and none is on its way. */
  _start() {
    if (this.#state !== 'subscribing' || !this.#line._greeted || this.#request || this.#cancelRetry) return;
    const request = (this.#request = {});
    const current = () => this.#request === request;
    this.#token.with(
      (text) => {
        if (!current()) return;
        if (text === '') return this.#stop(1, 'unauthorized');
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
        this.#retry(new OpenlineError(NO_TOKEN, `no token: ${error?.message ?? error}`));
      },
    );
  }

  #command(token) {
    const { data, joinLeave, recoverable, positioned } = this.#options;
    return {
      channel: this.channel,
      token,
      data,
      join_leave: joinLeave || undefined,
      recoverable: recoverable || undefined,
      positioned: positioned || undefined,
      ...(this.#recoverable && this.#position ? { recover: true, ...this.#position } : {}),
    };
  }

  #accepted(result) {
    const recovered = result.recovered === true;
    this.#attempt = 0;
    this.#recoverable = result.recoverable === true;
    if (!this.#recoverable && !result.positioned) this.#position = null;
    else this.#position = this.#cursorAfter(result, recovered);
    this.#go('accept', { recovered, wasRecovering: result.was_recovering === true, data: result.data });
    for (const publication of result.publications ?? []) this.#deliver(publication, 'recovered');
  }

  /** A recovered cursor walks over what was missed and never jumps, unless a new log took the place of its own. */
  #cursorAfter({ offset = 0, epoch = '' }, recovered) {
    const own = this.#position;
    if (!recovered || !own) return { offset, epoch };
    if (own.epoch && own.epoch !== epoch) return { offset: 0, epoch }; // only the newest value is kept: it follows
    return { offset: own.offset, epoch };
  }

  #refused(error) {
    if (error.code === TIMEOUT) return this.#line._drop(SUBSCRIBE_TIMEOUT, 'subscribe timeout');
    if (error.code === TOKEN_EXPIRED) this.#token.expire();
    if (isPassing(error)) this.#retry(error);
    else this.#stop(error.code, error.message);
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
    if (this.#state !== 'subscribed') return; // left over from an earlier subscription
    if (pub) this.#deliver(pub, 'live');
    else if (join) tell(this.#options.onJoin, join.info);
    else if (leave) tell(this.#options.onLeave, leave.info);
  }

  #ended(code, reason) {
    if (this.#state !== 'subscribed') return;
    if (code < RESUBSCRIBE_FROM) return this.#stop(code, reason);
    if (code === SUBSCRIPTION_STATE_INVALIDATED) this._forget();
    this._lose(code, reason);
    this._start();
  }

  #deliver(publication, how) {
    if (this.#state !== 'subscribed') return; // the callback of an earlier one left
    const { offset, epoch } = publication;
    if (offset && this.#position) {
      if (offset <= this.#position.offset) return;
      this.#position.offset = offset;
      this.#position.epoch ||= epoch ?? '';
    }
    tell(this.#options.onPublication, publication, how);
  }

  /** The line is lost, or the server wants a new subscribe. */
  _lose(code, reason) {
    this.#request = null;
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    if (this.#state === 'subscribed') this.#go('lose', { code, reason });
  }

  /** What was known about this subscription no longer holds. */
  _forget() {
    this.#token.expire();
    if (this.#position) this.#position = { offset: 0, epoch: NO_EPOCH };
  }

  #stop(code, reason) {
    this.#request = null;
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    this.#line._remove(this);
    this.#go('stop', { code, reason });
  }

  #go(by, event) {
    this.#state = move(SUBSCRIPTION_MOVES, this.#state, by);
    tell(this.#options.onState, { state: this.#state, position: this.position, ...event });
  }
}
