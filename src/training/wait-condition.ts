import { setTimeout } from 'node:timers/promises';

/** What a wait condition of CloudFormation is told. */
export interface WaitConditionSignal {
  readonly Status: 'SUCCESS' | 'FAILURE';
  readonly Reason: string;
  readonly Data?: string;
}

/** One condition waits for one signal; another of this name is taken for the same. */
const UNIQUE_ID = 'artifact';

/** A failed resource has room for about this much. */
const LONGEST_REASON = 1000;

const ELLIPSIS = ' ... ';
const PAUSES = [1000, 4000];

/** Tells a wait condition of CloudFormation how it has ended; an error where that does not take it. */
export async function signal(url: string, { Status, Reason, Data = '' }: WaitConditionSignal): Promise<void> {
  const request = {
    method: 'PUT',
    headers: { 'content-type': '' }, // the address is signed for a body without a type
    body: JSON.stringify({ Status, Reason: shortened(Reason), UniqueId: UNIQUE_ID, Data }),
  };
  for (const pause of [...PAUSES, undefined]) {
    try {
      const { ok, status } = await fetch(url, request);
      if (ok) {
        return;
      }
      throw new Error(`CloudFormation did not take the signal: ${status}`);
    } catch (error) {
      if (pause === undefined) {
        throw error;
      }
      await setTimeout(pause);
    }
  }
}

/** A text without its middle, where it is long: an error of Python begins with its name and ends with what it says. */
function shortened(text: string): string {
  if (text.length <= LONGEST_REASON) {
    return text;
  }
  const half = (LONGEST_REASON - ELLIPSIS.length) / 2;
  return `${text.slice(0, Math.floor(half))}${ELLIPSIS}${text.slice(-Math.ceil(half))}`;
}
