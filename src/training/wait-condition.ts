import { tellCloudFormation } from '../private/cloudformation-callback';

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

/** Tells a wait condition of CloudFormation how it has ended; an error where that does not take it. */
export async function signal(url: string, { Status, Reason, Data = '' }: WaitConditionSignal): Promise<void> {
  await tellCloudFormation(url, 'the signal', { Status, Reason: shortened(Reason), UniqueId: UNIQUE_ID, Data });
}

/** A text without its middle, where it is long: an error of Python begins with its name and ends with what it says. */
function shortened(text: string): string {
  if (text.length <= LONGEST_REASON) {
    return text;
  }
  const half = (LONGEST_REASON - ELLIPSIS.length) / 2;
  return `${text.slice(0, Math.floor(half))}${ELLIPSIS}${text.slice(-Math.ceil(half))}`;
}
