/**
 * One line for all tabs of an origin: `new Openline(url, { WebSocket: SharedWebSocket })` in each of them. The tabs of one name
 * and address share a line; each keeps its own subscriptions, cursors, tokens and outbox. The tab that has the line is the one that
 * holds a Web Lock; when it closes the next one dials, and the others recover by their cursors, as after any loss.
 *
 * For the server all tabs are one client with one client id: presence counts the browser once. The first tab's token and connect data
 * count. Deltas are not asked for. Where there are no Web Locks (a page that came over plain http) each tab has its own line.
 */
export class SharedWebSocket {
  constructor(url: string);
  /** Shares among those who give this name: name it after the user where users change, as one line has one user. */
  static named(name: string): typeof SharedWebSocket;
  readonly readyState: number;
  onopen: ((event: any) => void) | null;
  onmessage: ((event: any) => void) | null;
  onclose: ((event: any) => void) | null;
  onerror: ((event: any) => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}
