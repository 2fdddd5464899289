import { type Violation, ModelError, PayloadTooLargeError, RequestAbortedError, shown } from './errors';
import { type EncodedInstances, bodyOf } from './request-body';
import { type Call } from './sender';
import { type ResponseValue } from './tensor-values';

/**
 * How concurrent calls are gathered into requests: those of one signature, in row format or with examples, with the same options.
 *
 * It is for models whose instances all have the same shape: TensorFlow Serving refuses a request with others, and its
 * calls are then sent again in parts. A middleware sees the requests, and not the calls in them. A call's own `signal` takes
 * that call alone out of its request.
 */
export interface GatherOptions {
  /**
   * How many instances or examples a gathered request has at most: at least 1.
   *
   * A call that has as many by itself is sent at once and alone, and not taken apart.
   * @default 64
   */
  readonly maxInstances?: number;

  /**
   * How long the first call waits for others, in milliseconds: at most 60000. The call's `timeout` begins after it.
   * @default 5
   */
  readonly maxWait?: number;
}

/** An answer as it was read. */
type Response = Record<string, ResponseValue>;

/** What sends requests: the client's `Sender`. */
export interface CallSender {
  /** Sends a request, and gives the answer that it should get; with `isOneForOne` it has a value for each row. */
  send(call: Call): Promise<Response>;
}

/** A call without its body. */
export type Bodiless = Omit<Call, 'request'>;

/** A call, and who waits for its answer. */
interface Waiting {
  readonly call: Bodiless;
  readonly encoded: EncodedInstances;
  isSettled: boolean;
  /** Takes the call out of its request, whether that has gone out or not; set once the call is in one. */
  leave(): void;
  resolve(response: Response): void;
  reject(reason: unknown): void;
}

/** Calls that go into one request once it is full or has waited. */
interface Group {
  readonly members: Waiting[];
  count: number;
  bytes: number;
  readonly timer: ReturnType<typeof setTimeout>;
}

const MAX_INSTANCES = 64;
const MAX_WAIT = 5;
const LONGEST_WAIT = 60_000;

/** Statuses that say nothing of a request's rows: each call by itself would get the same. */
const OF_NO_ROW: readonly unknown[] = [401, 403, 404, 408, 415, 429, 499];

/** Finds fault with how to gather. */
export function checkGatherOptions({ maxInstances, maxWait }: GatherOptions = {}): Violation[] {
  return [
    ...maxInstances !== undefined && !(Number.isSafeInteger(maxInstances) && maxInstances >= 1)
      ? [{ property: 'gather.maxInstances', rule: 'must be a whole number of at least 1', got: shown(maxInstances) }]
      : [],
    ...maxWait !== undefined && !(typeof maxWait === 'number' && maxWait >= 0 && maxWait <= LONGEST_WAIT)
      ? [{ property: 'gather.maxWait', rule: `must be 0 to ${LONGEST_WAIT} milliseconds`, got: shown(maxWait) }]
      : [],
  ];
}

/**
 * Puts concurrent calls into one request, and gives each the answers to its own rows.
 *
 * If the model refuses a request, its calls are sent again in halves, so that only those fail which have a row that it refuses.
 */
export class Gatherer {
  private readonly maxInstances: number;
  private readonly maxWait: number;
  private readonly groups = new Map<string, Group>();

  public constructor(private readonly sender: CallSender, options: GatherOptions = {}) {
    this.maxInstances = options.maxInstances ?? MAX_INSTANCES;
    this.maxWait = options.maxWait ?? MAX_WAIT;
  }

  /** Sends a call together with others that come soon, and gives the answer that it would have got alone. */
  public send(call: Bodiless, encoded: EncodedInstances): Promise<Response> {
    const { endpointName, signal } = call.invocation.limits;
    if (signal?.aborted === true) {
      return Promise.reject(new RequestAbortedError(endpointName, false, signal.reason));
    }
    return new Promise((resolve, reject) => {
      const settled = <T>(then: (value: T) => void) => (value: T) => {
        waiting.isSettled = true;
        signal?.removeEventListener('abort', abort);
        then(value);
      };
      const waiting = { call, encoded, isSettled: false, resolve: settled(resolve), reject: settled(reject) } as Waiting;
      const abort = () => waiting.leave();
      signal?.addEventListener('abort', abort);
      this.join(waiting);
    });
  }

  private join(waiting: Waiting): void {
    const { call, encoded } = waiting;
    const key = keyOf(call, encoded);
    const count = encoded.rows.length;
    const bytes = encoded.rows.reduce((sum, row) => sum + bytesOf(row) + 1, 0); // each with a comma, so one too many
    const around = bytesOf(encoded.prefix) + bytesOf(encoded.suffix) - 1;
    const open = this.groups.get(key);
    if (open !== undefined && (open.count + count > this.maxInstances || around + open.bytes + bytes > call.invocation.maxPayloadBytes)) {
      this.flush(key, open);
    }
    if (count === 0 || count >= this.maxInstances) { // TensorFlow Serving refuses a request without any rows
      void this.deliver([waiting]);
      return;
    }
    const group = this.groups.get(key) ?? this.open(key);
    group.members.push(waiting);
    group.count += count;
    group.bytes += bytes;
    waiting.leave = () => {
      abandon(waiting, false);
      group.members.splice(group.members.indexOf(waiting), 1);
      group.count -= count;
      group.bytes -= bytes;
      if (group.members.length === 0) {
        this.close(key, group);
      }
    };
    if (group.count >= this.maxInstances) {
      this.flush(key, group);
    }
  }

  private open(key: string): Group {
    const group: Group = { members: [], count: 0, bytes: 0, timer: setTimeout(() => this.flush(key, group), this.maxWait) };
    this.groups.set(key, group);
    return group;
  }

  private close(key: string, group: Group): void {
    clearTimeout(group.timer);
    this.groups.delete(key);
  }

  private flush(key: string, group: Group): void {
    this.close(key, group);
    void this.deliver(group.members);
  }

  /** Sends calls in one request, and again in halves if it is refused. */
  private async deliver(calls: readonly Waiting[]): Promise<void> {
    const members = calls.filter(({ isSettled }) => !isSettled);
    if (members.length === 0) {
      return;
    }
    const controller = new AbortController();
    for (const member of members) {
      member.leave = () => {
        abandon(member, true);
        if (members.every(({ isSettled }) => isSettled)) {
          controller.abort();
        }
      };
    }
    const [{ call, encoded }] = members;
    const { invocation } = call;
    try {
      const response = await this.sender.send({
        ...call,
        isOneForOne: call.isOneForOne === true || members.length > 1,
        request: bodyOf(encoded, members.flatMap((member) => member.encoded.rows)),
        invocation: { ...invocation, limits: { ...invocation.limits, signal: controller.signal } },
      });
      if (members.length === 1) {
        members[0].resolve(response);
      } else {
        share(members, response);
      }
    } catch (error) {
      if (members.length > 1 && isOfSomeRow(error, invocation.limits.isStateless)) {
        const middle = Math.floor(members.length / 2);
        await Promise.all([this.deliver(members.slice(0, middle)), this.deliver(members.slice(middle))]);
      } else {
        members.forEach(({ reject }) => reject(error));
      }
    }
  }
}

/** What calls must have in common to go into one request: all but their rows and signals. */
function keyOf({ method, invocation: { parameters, maxPayloadBytes, limits } }: Bodiless, { prefix, suffix }: EncodedInstances): string {
  return JSON.stringify([method, parameters, maxPayloadBytes, { ...limits, signal: undefined }, prefix, suffix]);
}

function abandon({ call, reject }: Waiting, mayHaveRun: boolean): void {
  const { endpointName, signal } = call.invocation.limits;
  reject(new RequestAbortedError(endpointName, mayHaveRun, signal?.reason));
}

/** Gives each call the answers to its own rows. */
function share(members: readonly Waiting[], response: Response): void {
  const { responseKey } = members[0].encoded;
  const values = response[responseKey] as ResponseValue[];
  let start = 0;
  for (const { encoded, resolve } of members) {
    resolve({ ...response, [responseKey]: values.slice(start, start += encoded.rows.length) });
  }
}

/**
 * Whether a request may have failed because of one of its rows.
 *
 * Older containers pass on errors with status 200, and inference code that raises an exception makes a 500.
 */
function isOfSomeRow(error: unknown, isStateless: boolean): boolean {
  if (error instanceof ModelError) {
    const status = error.originalStatusCode ?? 400;
    return status === 500 ? isStateless : status < 500 && !OF_NO_ROW.includes(status);
  }
  return error instanceof PayloadTooLargeError;
}

/** How many bytes a text has in UTF-8. */
function bytesOf(text: string): number {
  // eslint-disable-next-line no-control-regex
  return /[^\0-\x7f]/.test(text) ? new TextEncoder().encode(text).length : text.length;
}
