import type { Outbox } from './openline-outbox.js';

/** Where a cursor stands in a channel's log. Offsets of different epochs cannot be compared. */
export interface Position {
  offset: number;
  epoch: string;
}

/** Who published or is present; spelled as on the wire. */
export interface ClientInfo {
  user: string;
  client: string;
  conn_info?: unknown;
  chan_info?: unknown;
}

/** What a channel carries; `offset` is absent on a channel without a log. */
export interface Publication<T = any> {
  data: T;
  offset?: number;
  info?: ClientInfo;
  tags?: Record<string, string>;
}

/** Ends a wait early: the promise is rejected with the signal's reason. What was sent already is not taken back. */
export interface Abortable {
  signal?: AbortSignal;
}

export interface OpenlineOptions {
  /** Sent with connect; any JSON value. */
  data?: unknown;
  /**
   * A connection token, or a function that fetches one. The function is called before the first dial, when the token's time
   * is up (`ttl` of the server's answer; the line stays), and after the server called it expired (error 109, close 3005). When
   * it fails it is called again later, and an `error` is told; when it gives '' the line ends as unauthorized.
   */
  token?: string | (() => string | Promise<string>);
  /** The shortest wait before a redial, ms; default 500. */
  minDelay?: number;
  /** The longest wait before a redial, ms; default 20000. */
  maxDelay?: number;
  /** How long a command may stay unanswered, ms; default 5000. */
  timeout?: number;
  /** How long a dial may take until the socket is open, ms; default 10000. */
  dialTimeout?: number;
  /** How much later than promised a server's ping may come before the line counts as dead, ms; default 10000. */
  maxServerPingDelay?: number;
  /** The client's name, as the server's logs show it; default `openline-js`. */
  name?: string;
  /** Headers for servers that take them from the connect command, as a page can't set any. */
  headers?: Record<string, string>;
  /** Publishes that outlive the line and the page; the line lends itself to it. */
  outbox?: Outbox;
  /** The WebSocket constructor; needed in node before 22. `SharedWebSocket` of openline-shared.js shares one line among tabs. */
  WebSocket?: new (url: string) => Pick<WebSocket, 'readyState' | 'send' | 'close' | 'onopen' | 'onmessage' | 'onclose' | 'onerror'>;
  /** The window whose events are heeded (visibility, network, back/forward cache); null for none. */
  window?: Window | null;
  /** For tests: the time in ms, and timers. */
  clock?: { now(): number; setTimeout(task: () => void, ms: number): unknown; clearTimeout(timer: unknown): void };
  /** For tests: a number from 0 (included) to 1 (excluded). */
  random?: () => number;
}

/** `connecting` comes again for every failed attempt. */
export type LineState =
  | {
      state: 'connecting';
      /** 0 connect called, 1 line lost, 2 no ping, 3 subscribe timeout, 4 unsubscribe error; else a close or error code. */
      code: number;
      reason: string;
      /** The number of the coming redial; 0 for the first dial. */
      attempt: number;
      /** Until the next dial, ms; Infinity while the page is put away. */
      delay: number;
    }
  | { state: 'connected'; code: 0; reason: string; clientId: string; data?: unknown }
  | { state: 'disconnected'; code: number; reason: string };

export interface LineEvents {
  state: LineState;
  /** A socket is being opened. */
  dial: { attempt: number };
  /** Data that the server sent to this client alone. */
  message: unknown;
  /** What went wrong and is tried again: a token that could not be fetched, a subscribe refused for now, a broken delta. */
  error: OpenlineError;
  /** A subscription that the server made, as a token or its API says: its states. They recover over redials like all others. */
  subscription: SubscriptionState & { channel: string };
  /** What comes on such a subscription. */
  publication: { channel: string; publication: Publication; how: 'live' | 'recovered' };
  join: { channel: string; info: ClientInfo };
  leave: { channel: string; info: ClientInfo };
}

export interface HistoryOptions extends Abortable {
  /** How many publications; none when absent, and the server has its own bound (often 300). */
  limit?: number;
  /** Begins behind this position (before it with `reverse`); at the log's beginning (its end) when absent. */
  since?: { offset: number; epoch?: string };
  /** Newest first. */
  reverse?: boolean;
}

export interface LogOptions extends Omit<HistoryOptions, 'limit'> {
  /** How many publications one request asks for; default 100. */
  pageSize?: number;
}

/** An open line to one server: redialled until it is disconnected or refused for good. */
export class Openline {
  constructor(url: string, options?: OpenlineOptions);
  /** Sent with every connect command; a change counts from the next dial. */
  data: unknown;
  readonly state: 'disconnected' | 'connecting' | 'connected';
  /** The id that the server gave to this connection, or null while there is none. */
  readonly clientId: string | null;
  /** Listens; the returned function stops it. */
  on<E extends keyof LineEvents>(event: E, listener: (event: LineEvents[E]) => void): () => void;
  /** The outbox of the options. `outbox.publish` is the publish that survives a lost line; `publish` of the line is not. */
  readonly outbox: Outbox | undefined;
  /** Dials, and keeps redialling; does nothing when that already goes on. An aborted signal disconnects. */
  connect(options?: Abortable): void;
  /** Hangs up and stays so. Subscriptions keep their cursors for the next `connect()`. */
  disconnect(): void;
  /** Subscribes now or as soon as the line is connected, and again after every redial; throws when already subscribed. */
  subscribe<T = any>(channel: string, options?: SubscribeOptions<T>): Subscription<T>;
  /** Resolves when the server has taken it. Rejected with code 1 or 2, it is not known whether it was. */
  publish(channel: string, data: unknown, options?: Abortable): Promise<void>;
  /** Calls a method of the server and resolves with the answer's data. */
  rpc(method: string, data?: unknown, options?: Abortable): Promise<any>;
  /** Sends data that is not answered; throws when the line is not connected. Many servers close the line at it (3508). */
  send(data: unknown): void;
  /** Reads a page of a channel's log. */
  history(channel: string, options?: HistoryOptions): Promise<{ publications: Publication[]; offset: number; epoch: string }>;
  /**
   * Reads a channel's log to its end, page by page, also newest first. Rejected with code 112 when the log was replaced on the way;
   * what the server dropped while it was read is missing, and the offsets show it.
   */
  log<T = any>(channel: string, options?: LogOptions): AsyncGenerator<Publication<T>, void>;
  /** Who is on a channel, by client id. */
  presence(channel: string, options?: Abortable): Promise<Record<string, ClientInfo>>;
  /** How many are on a channel. */
  presenceStats(channel: string, options?: Abortable): Promise<{ num_clients: number; num_users: number }>;
}

export type SubscriptionState =
  | {
      state: 'subscribing';
      position: Position | null;
      /** 0 subscribe called, 1 line lost, 5 broken delta; from 2500 on the server's. */
      code: number;
      reason: string;
    }
  | {
      state: 'subscribed';
      /** The cursor, before the recovered publications move it on. */
      position: Position | null;
      /** A cursor was handed back. */
      wasRecovering: boolean;
      /** Everything since that cursor follows. False with `wasRecovering`: something is lost, load the state anew. */
      recovered: boolean;
      data?: unknown;
    }
  | { state: 'unsubscribed'; position: Position | null; code: number; reason: string };

export interface SubscribeOptions<T = any> {
  /** `recovered`: it was missed, and comes with the answer to the subscribe. */
  onPublication?(publication: Publication<T>, how: 'live' | 'recovered'): void;
  onJoin?(info: ClientInfo): void;
  onLeave?(info: ClientInfo): void;
  onState?(event: SubscriptionState): void;
  /** Asks for joins and leaves. */
  joinLeave?: boolean;
  /** Asks for recovery after a redial; the server's settings for the channel may grant it unasked. */
  recoverable?: boolean;
  /** Asks the server to notice a gap. */
  positioned?: boolean;
  /** Starts from here instead of the log's end. */
  since?: { offset: number; epoch?: string };
  /** Sent with the subscribe command. */
  data?: unknown;
  /** A subscription token, or a function that fetches one for the channel: when, and how often, as with the line's token. */
  token?: string | ((channel: string) => string | Promise<string>);
  /** Asks for publications as differences from the one before, where the channel has them; they arrive here as a whole. */
  delta?: 'fossil';
  /** Only publications whose tags pass, where the server lets clients say so; the protocol's FilterNode. Not with `delta`. */
  filter?: object;
  /** Unsubscribes when aborted. */
  signal?: AbortSignal;
  /** How many publications may wait in each `for await`; one more ends that loop with error 17. Default 1024. */
  maxUnread?: number;
}

/**
 * A cursor on a channel's log. Made by `Openline.subscribe`.
 *
 * `for await (const publication of subscription)` hears what comes from then on. The loop ends with the subscription: quietly after
 * `unsubscribe()` or an abort, with an error after a refusal. Leaving the last loop of a subscription without `onPublication`
 * unsubscribes, as nobody else would hear anything.
 */
export class Subscription<T = any> implements AsyncIterable<Publication<T>> {
  private constructor();
  readonly channel: string;
  readonly state: 'unsubscribed' | 'subscribing' | 'subscribed';
  /** Where the cursor stands, or null on a channel without a log. */
  readonly position: Position | null;
  /** Subscribes again after `unsubscribe()`, from where the cursor stands. */
  subscribe(): void;
  /** Ends the subscription; the cursor is kept. */
  unsubscribe(): void;
  [Symbol.asyncIterator](): AsyncGenerator<Publication<T>, void>;
  /** As the line's method of this name, on this channel; so are the following. */
  publish(data: T, options?: Abortable): Promise<void>;
  history(options?: HistoryOptions): Promise<{ publications: Publication<T>[]; offset: number; epoch: string }>;
  log(options?: LogOptions): AsyncGenerator<Publication<T>, void>;
  presence(options?: Abortable): Promise<Record<string, ClientInfo>>;
  presenceStats(options?: Abortable): Promise<{ num_clients: number; num_users: number }>;
}

/** Why a command failed. */
export class OpenlineError extends Error {
  constructor(code: number, message: string, temporary?: boolean);
  /** 1 timeout, 2 line lost, 3 not connected, 5 no token or broken delta, 15 too many waiting, 17 reader too slow; from 100 on the server's. */
  code: number;
  /** The server says that it may work later. */
  temporary: boolean;
}
