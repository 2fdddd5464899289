import * as fs from 'node:fs';
import { CommandError, type Terminal, UsageError } from './command';
import { readJson } from '../runtime/json-reader';
import { isPlainObject } from '../runtime/tensor-values';

/** Where the body of a request is. */
export interface BodySource {
  readonly body?: string;
  readonly bodyFile?: string;
}

/** The body of a request, as it was given: from an option, from a file, or else from what is piped in. */
export async function readBody({ body, bodyFile }: BodySource, { stdin }: Pick<Terminal, 'stdin'>): Promise<Uint8Array> {
  if (body !== undefined && bodyFile !== undefined) {
    throw new UsageError('--body and --body-file cannot go together');
  }
  if (body !== undefined) {
    return Buffer.from(body);
  }
  if (bodyFile !== undefined) {
    try {
      return fs.readFileSync(bodyFile);
    } catch (error) {
      throw new CommandError(`${bodyFile} cannot be read (${(error as NodeJS.ErrnoException).code}); give the path of a file that can`);
    }
  }
  if (stdin === undefined || stdin.isTTY === true) {
    throw new UsageError('there is no body: give --body or --body-file, or pipe it in');
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of stdin) {
    chunks.push(Buffer.from(chunk as Uint8Array));
  }
  return Buffer.concat(chunks);
}

/**
 * A JSON body with the name of a signature. The rest stays as it was written: to read and write it could change numbers.
 */
export function withSignature(body: Uint8Array, signatureName: string): Uint8Array {
  const text = Buffer.from(body).toString('utf8');
  let request: unknown;
  try {
    request = readJson(text);
  } catch {
    request = undefined;
  }
  if (!isPlainObject(request)) {
    throw new UsageError('--signature needs a body that is a JSON object, with instances, inputs or examples');
  }
  if (Object.hasOwn(request, 'signature_name')) {
    throw new UsageError('--signature cannot go with a body that has a signature_name');
  }
  const start = text.indexOf('{') + 1;
  const separator = Object.keys(request).length > 0 ? ', ' : '';
  return Buffer.from(`${text.slice(0, start)}"signature_name": ${JSON.stringify(signatureName)}${separator}${text.slice(start)}`);
}
