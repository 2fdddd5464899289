/**
 * What the container says went wrong, without what is around it.
 *
 * The container, its inference code and the proxies in it answer errors in several forms: TensorFlow Serving's
 * `{"error": ...}`, the same as a string in falcon's `{"title": ..., "description": ...}`, HTML, or plain text; and
 * SageMaker cuts what is longer than 2048 characters, so that JSON can lack its end.
 *
 * @returns the empty string where the body says nothing
 */
export function modelMessage(body: string): string {
  if (/^\s*<(?:!doctype|html)/i.test(body)) {
    const title = /<title>([^<]*)/i.exec(body)?.[1] ?? body.replace(/<[^>]*>?/g, ' ');
    return title.replace(/\s+/g, ' ').trim();
  }
  return messageOfText(body);
}

function messageOfText(text: string): string {
  const trimmed = text.trim();
  if (!/^[{"]/.test(trimmed)) {
    return trimmed;
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(trimmed);
  } catch {
    return messageOfDamaged(trimmed) ?? trimmed;
  }
  return messageOfValue(parsed) ?? trimmed;
}

function messageOfValue(value: unknown): string | undefined {
  if (typeof value === 'string') {
    return messageOfText(value);
  }
  if (typeof value === 'object' && value !== null) {
    const { error, description, message, title } = value as Record<string, unknown>;
    const inner = error ?? description ?? message ?? title;
    return inner !== undefined && inner !== null ? messageOfValue(inner) ?? JSON.stringify(inner) : undefined;
  }
  return undefined;
}

/** The message in JSON that was cut, or that holds characters which it should have escaped. */
function messageOfDamaged(text: string): string | undefined {
  const found = /"(?:error|description|message)"\s*:\s*"/.exec(text);
  if (found === null) {
    return undefined;
  }
  const start = found.index + found[0].length;
  let end = start;
  while (end < text.length && text[end] !== '"') {
    end += text[end] === '\\' ? 2 : 1;
  }
  const message = unescaped(text.slice(start, end)).trim();
  if (message.startsWith('{')) {
    return messageOfText(message);
  }
  return end < text.length ? message : `${message}...`;
}

const ESCAPES: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** The characters of a JSON string's inside; an escape that was cut off at its end is dropped. */
function unescaped(inside: string): string {
  return inside.replace(/\\(?:u([\da-f]{4})|(["\\/bfnrt])|(?:u[\da-f]{0,3})?$)/gi, (_, code?: string, character?: string) => {
    if (code !== undefined) {
      return String.fromCharCode(parseInt(code, 16));
    }
    return character !== undefined ? ESCAPES[character] ?? character : '';
  });
}
