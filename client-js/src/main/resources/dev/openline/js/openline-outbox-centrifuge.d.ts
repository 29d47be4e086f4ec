import type { Outbox, OutboxOptions } from './openline-outbox.js';

/** What the outbox needs of a `Centrifuge`. */
export interface CentrifugeLike {
  readonly state: string;
  rpc(method: string, data: any): Promise<{ data: any }>;
  on(event: 'connected' | 'connecting' | 'disconnected', listener: (context: any) => void): unknown;
}

/** An outbox that sends whenever this client is connected. The client stays yours, and is not connected by this. */
export function outboxFor(centrifuge: CentrifugeLike, options?: OutboxOptions): Outbox;
