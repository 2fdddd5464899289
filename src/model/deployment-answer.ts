import { tellCloudFormation } from '../private/cloudformation-callback';

/** What CloudFormation asks of a function that stands for a resource. */
export interface ResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
}

/** What a function knows of its own run. */
export interface RunContext {
  /** How many milliseconds are left. */
  getRemainingTimeInMillis(): number;
}

/** What a function has done. */
export interface Done {
  readonly PhysicalResourceId: string;
  readonly Data?: Record<string, string>;
}

interface Answer extends Done {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly Reason?: string;
}

const MAX_REASON = 1000; // CloudFormation takes an answer of 4096 bytes in all
const TIME_TO_ANSWER = 20_000;

/** How many milliseconds a function has for its work. */
export function timeToWork(context: RunContext): number {
  return context.getRemainingTimeInMillis() - TIME_TO_ANSWER;
}

/** Does what CloudFormation asks for, and answers it. */
export async function answering(event: ResourceEvent, work: () => Promise<Done>): Promise<void> {
  let answer: Answer;
  try {
    answer = { Status: 'SUCCESS', ...await work() };
  } catch (error) {
    answer = { Status: 'FAILED', PhysicalResourceId: idBefore(event), Reason: messageOf(error).slice(0, MAX_REASON) };
  }
  const { StackId, RequestId, LogicalResourceId } = event;
  await tellCloudFormation(event.ResponseURL, 'the answer', { StackId, RequestId, LogicalResourceId, ...answer });
}

/** The id that a resource had before; some id for one that had none. */
export function idBefore(event: ResourceEvent): string {
  return event.PhysicalResourceId ?? event.LogicalResourceId;
}

/** What an error says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
