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

export interface OpenlineOptions {
  /** Sent with connect; any JSON value. */
  data?: unknown;
  /** A connection token, or a function that fetches one; it is called again after the server named the last one expired. */
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
  /** The WebSocket constructor; needed in node before 22. */
  WebSocket?: new (url: string) => WebSocket;
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
      /** 0 connect called, 1 line lost, 2 no ping, 3 subscribe timeout, 4 unsubscribe error, else a close or error code. */
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
  /** What went wrong and is tried again: a token that could not be fetched, a subscribe refused for now. */
  error: OpenlineError;
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
  /** Dials, and keeps redialling; does nothing when that already goes on. */
  connect(): void;
  /** Hangs up and stays so. Subscriptions keep their cursors for the next `connect()`. */
  disconnect(): void;
  /** Subscribes now or as soon as the line is connected, and again after every redial; throws when already subscribed. */
  subscribe<T = any>(channel: string, options?: SubscribeOptions<T>): Subscription;
  /** Resolves when the server has taken it. Rejected with code 2, it is not known whether it was. */
  publish(channel: string, data: unknown): Promise<void>;
  /** Calls a method of the server and resolves with the answer's data. */
  rpc(method: string, data?: unknown): Promise<any>;
}

export type SubscriptionState =
  | { state: 'subscribing'; position: Position | null; code: number; reason: string }
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
  /** A subscription token, or a function that fetches one for the channel. */
  token?: string | ((channel: string) => string | Promise<string>);
}

/** A cursor on a channel's log. Made by `Openline.subscribe`. */
export class Subscription {
  private constructor();
  readonly channel: string;
  readonly state: 'unsubscribed' | 'subscribing' | 'subscribed';
  /** Where the cursor stands, or null on a channel without a log. */
  readonly position: Position | null;
  /** Subscribes again after `unsubscribe()`, from where the cursor stands. */
  subscribe(): void;
  /** Ends the subscription; the cursor is kept. */
  unsubscribe(): void;
  publish(data: unknown): Promise<void>;
  /** Reads the log; without a limit only the position of its end. */
  history(options?: {
    limit?: number;
    since?: { offset: number; epoch?: string };
    reverse?: boolean;
  }): Promise<{ publications: Publication[]; offset: number; epoch: string }>;
  /** Who is here, by client id. */
  presence(): Promise<Record<string, ClientInfo>>;
  /** How many are here. */
  presenceStats(): Promise<{ num_clients: number; num_users: number }>;
}

/** Why a command failed. */
export class OpenlineError extends Error {
  constructor(code: number, message: string, temporary?: boolean);
  /** 1 timeout, 2 line lost, 3 not connected, 5 no token, 15 too many waiting; from 100 on the server's. */
  code: number;
  /** The server says that it may work later. */
  temporary: boolean;
}
