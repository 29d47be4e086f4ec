export interface OutboxOptions {
  /**
   * Whose outbox it is: entries of one name are sent by whoever opens it next in this browser. Where users change, name it after
   * the user. Default `openline`.
   */
  name?: string;
  /** How many publishes may wait, of all tabs together; default 1000. One more is rejected at once (code 15). */
  maxEntries?: number;
  /** How many bytes of data may wait, of all tabs together; default 1 MiB. What goes beyond is rejected at once (code 15). */
  maxBytes?: number;
  /** How many bytes of data one publish may have; default 64000, as servers close the line at a message over 64 KiB. Code 18. */
  maxEntryBytes?: number;
  /**
   * How long after its first try an unanswered publish may be sent again, ms; default 240000. It must be less than the server
   * remembers keys (300 s), by as much as a command may hang in a dying line.
   */
  keptMs?: number;
  /** Where entries are kept; null for this page's memory, as in node. */
  indexedDB?: IDBFactory | null;
  /** Who sends; null when every tab may. */
  locks?: LockManager | null;
  /** How long to wait after a refusal for now, ms; an `Openline` hands its own backoff in. */
  retryDelay?(attempt: number): number;
  /** For tests: the time in ms, and timers. */
  clock?: { now(): number; setTimeout(task: () => void, ms: number): unknown; clearTimeout(timer: unknown): void };
}

/** Where the publication stands in the channel's log; both are absent on a channel without one. */
export interface Applied {
  offset?: number;
  epoch?: string;
}

export interface WaitingPublish {
  /** What the server knows it by. */
  key: string;
  channel: string;
  data: any;
  /** When `publish` was called, ms. */
  since: number;
  /** When it was first sent, ms; 0 for never. */
  tried: number;
  /** It lies in the store, and outlives the page. That takes some milliseconds; what was not kept by then goes with the page. */
  kept: boolean;
}

export interface OutboxEvents {
  /** What waits has changed. */
  change: CustomEvent<void>;
  /** A publish of any tab, also of this page before it was reloaded: applied at `result`, or not, or not known, by `error`. */
  settled: CustomEvent<{ key: string; channel: string; data: any; result?: Applied; error?: unknown }>;
  /** The store fails. What can't be kept is sent all the same while this page lives. */
  error: CustomEvent<unknown>;
}

/**
 * Publishes that outlive the line, and where there is IndexedDB the page. Each is applied once and, per channel, in the order of
 * the calls, over any number of redials and reloads. It asks the server's RPC `openline.publish`.
 *
 * Publishes of one channel go one by one, each after the answer to the one before. Several tabs have one outbox: what waits is shown
 * in all of them, and the tab that holds the Web Lock `openline-outbox <name>` sends.
 */
export class Outbox extends EventTarget {
  constructor(options?: OutboxOptions);
  /** How many publishes wait, of all tabs. */
  readonly count: number;
  /** How many bytes of data they have. */
  readonly bytes: number;
  /** What waits, the oldest first. */
  readonly waiting: WaitingPublish[];
  /**
   * Returns at once; settles when it is known what became of it. Rejected with an `OutboxError`: 15 the outbox is full, 16 it was sent
   * and is not known to be applied, and too old to ask again, 18 too big, from 100 on the server's refusal. The next ones go on.
   * An aborted signal takes it back as long as it was not sent; later it changes nothing.
   */
  publish(channel: string, data: unknown, options?: { signal?: AbortSignal }): Promise<Applied>;
  addEventListener<E extends keyof OutboxEvents>(
    event: E,
    listener: (event: OutboxEvents[E]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(event: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void;
  /**
   * For the client that owns the line: how to call `openline.publish` with `{channel, data, idempotency_key}`. It must reject with
   * `{code, message, temporary?}`, code below 100 when it is not known whether the server heard it.
   */
  use(call: (entry: { channel: string; data: any; idempotency_key: string }) => Promise<Applied>, options?: OutboxOptions): this;
  /** For the client that owns the line: it is up. */
  resume(): void;
  /** For the client that owns the line: it is lost. */
  pause(): void;
  /** Lets go of the store. What waits stays there, and its promises stay as they are. */
  close(): Promise<void>;
}

/** Why a publish was not applied, or is not known to be. */
export class OutboxError extends Error {
  constructor(code: number, message: string);
  /** 15 the outbox is full, 16 outcome unknown, 18 too big; from 100 on the server's. */
  code: number;
}
