import { setTimeout } from 'node:timers/promises';

const PAUSES = [1000, 4000];

/**
 * Sends something to an address that CloudFormation waits at, a few times if it has to; an error where that does not take it.
 *
 * @param what what is sent, in the words of the error: "the answer"
 */
export async function tellCloudFormation(url: string, what: string, body: object): Promise<void> {
  const request = {
    method: 'PUT',
    headers: { 'content-type': '' }, // the address is signed for a body without a type
    body: JSON.stringify(body),
  };
  for (const pause of [...PAUSES, undefined]) {
    try {
      const { ok, status } = await fetch(url, request);
      if (ok) {
        return;
      }
      throw new Error(`CloudFormation did not take ${what}: ${status}`);
    } catch (error) {
      if (pause === undefined) {
        throw error;
      }
      await setTimeout(pause);
    }
  }
}
