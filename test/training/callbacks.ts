import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server in the place of those that CloudFormation hears from. */
export class Callbacks {
  /** What was sent, in order. */
  public readonly received: Record<string, any>[] = [];
  /** How many times it refuses what is sent. */
  public refusals = 0;
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => { body += chunk; });
      request.on('end', () => {
        this.received.push({ path: request.url, method: request.method, type: request.headers['content-type'], ...JSON.parse(body) });
        response.statusCode = this.refusals-- > 0 ? 500 : 200;
        response.end();
      });
    });
  }

  public listen(): Promise<void> {
    return new Promise((resolve) => { this.server.listen(0, '127.0.0.1', resolve); });
  }

  public close(): void {
    this.server.close();
  }

  /** The address of a place on it. */
  public at(path: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo | null)?.port}${path}`;
  }
}
