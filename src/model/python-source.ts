import { TextDecoder } from 'node:util';

/** What a Python module does when it is imported, as far as its text tells. */
export interface PythonModule {
  /** The names that it defines at its top level. */
  readonly defined: ReadonlySet<string>;
  /** Whether it may define any others, by `from ... import *`. */
  readonly definesMore: boolean;
  /** The top-level modules that it imports anywhere: `boto3` for `import boto3.session`. */
  readonly imported: ReadonlySet<string>;
}

interface Token {
  readonly kind: 'name' | 'text' | 'other';
  readonly text: string;
  /** How many brackets it is in. */
  readonly depth: number;
}

interface Line {
  readonly indentation: number;
  readonly tokens: Token[];
}

const TEXT_START = /[rbuft]{0,2}('''|"""|'|")/iy;
const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy;
/** Begins no line inside of brackets: where it does, the brackets were miscounted, as in a text inside of a text. */
const STATEMENT = /(?:async[ \t]+def|def|class|import)[ \t]/y;
const COMPOUND = new Set(['if', 'elif', 'else', 'try', 'except', 'finally', 'with', 'for', 'while']);

/** Reads Python by its lines: enough for definitions and imports, knowing comments and texts for what they are. */
export function readPython(source: string): PythonModule {
  const defined = new Set<string>();
  const imported = new Set<string>();
  let definesMore = false;
  let bodyOf: number | undefined;

  for (const line of splitLines(source)) {
    const inBody = bodyOf !== undefined && line.indentation > bodyOf;
    if (!inBody) {
      bodyOf = undefined;
    }
    for (const statement of splitStatements(line.tokens)) {
      const found = readStatement(statement);
      found.imported.forEach((name) => imported.add(name));
      if (!inBody && bodyOf === undefined) {
        found.defined.forEach((name) => defined.add(name));
        definesMore ||= found.definesMore;
      }
      if (!inBody && found.hasBody) {
        bodyOf = line.indentation;
      }
    }
  }
  return { defined, definesMore, imported };
}

/** The text of a Python file; undefined where it is not in the encoding that its first lines name, or else in UTF-8. */
export function decodePython(bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.subarray(0, 500)).toString('latin1').split('\n').slice(0, 2).join('\n');
  const encoding = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/m.exec(start)?.[1] ?? 'utf-8';
  try {
    return decoderOf(encoding).decode(bytes);
  } catch {
    return undefined;
  }
}

function decoderOf(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch {
    // Python knows more encodings, whose names and keywords are ASCII too
    return new TextDecoder('latin1');
  }
}

function splitLines(source: string): Line[] {
  const lines: Line[] = [];
  let tokens: Token[] = [];
  let depth = 0;
  let indentation = 0;
  let startsLine = true;

  for (let at = 0; at < source.length;) {
    const character = source[at];
    if (character === '\n' || character === '\r') {
      at++;
      STATEMENT.lastIndex = at;
      depth = STATEMENT.test(source) ? 0 : depth;
      if (depth === 0 && tokens.length > 0) {
        lines.push({ indentation, tokens });
        tokens = [];
      }
      if (depth === 0) {
        startsLine = true;
        indentation = 0;
      }
    } else if (/\s|\ufeff/.test(character)) {
      at++;
      if (startsLine && tokens.length === 0) {
        indentation = character === '\t' ? (Math.floor(indentation / 8) + 1) * 8 : character === ' ' ? indentation + 1 : 0;
      }
    } else if (character === '#') {
      at = endOfLine(source, at);
    } else if (character === '\\' && /[\r\n]/.test(source[at + 1] ?? '')) {
      at += source.startsWith('\r\n', at + 1) ? 3 : 2;
    } else {
      startsLine = false;
      const token = readToken(source, at);
      at += token.length;
      if ('([{'.includes(token.text) && token.kind === 'other') {
        depth++;
      } else if (')]}'.includes(token.text) && token.kind === 'other') {
        depth = Math.max(0, depth - 1);
      }
      tokens.push({ kind: token.kind, text: token.text, depth });
    }
  }
  if (tokens.length > 0) {
    lines.push({ indentation, tokens });
  }
  return lines;
}

function readToken(source: string, at: number): { kind: Token['kind']; text: string; length: number } {
  TEXT_START.lastIndex = at;
  const start = TEXT_START.exec(source);
  if (start !== null) {
    const quotes = start[1];
    const from = at + start[0].length;
    const end = endOfText(source, from, quotes);
    return { kind: 'text', text: source.slice(from, end), length: end - at + (source.startsWith(quotes, end) ? quotes.length : 0) };
  }
  NAME.lastIndex = at;
  const name = NAME.exec(source);
  return name !== null ? { kind: 'name', text: name[0], length: name[0].length } : { kind: 'other', text: source[at], length: 1 };
}

function endOfText(source: string, from: number, quotes: string): number {
  for (let at = from; at < source.length; at++) {
    if (source[at] === '\\') {
      at++;
    } else if (source.startsWith(quotes, at) || (quotes.length === 1 && source[at] === '\n')) {
      return at;
    }
  }
  return source.length;
}

function endOfLine(source: string, from: number): number {
  const end = source.indexOf('\n', from);
  return end === -1 ? source.length : end;
}

/** The statements of a line: those between semicolons, and the one behind `if ...:`. */
function splitStatements(tokens: Token[]): Token[][] {
  const statements: Token[][] = [[]];
  let isCompound = tokens[0].kind === 'name' && COMPOUND.has(tokens[0].text);
  for (const token of tokens) {
    if (token.depth === 0 && token.kind === 'other' && (token.text === ';' || (token.text === ':' && isCompound))) {
      isCompound &&= token.text !== ':';
      statements.push([]);
    } else {
      statements[statements.length - 1].push(token);
    }
  }
  return statements.filter((statement) => statement.length > 0);
}

interface Found {
  readonly defined: string[];
  readonly imported: string[];
  readonly definesMore: boolean;
  /** Whether deeper lines below are the body of a function or class. */
  readonly hasBody: boolean;
}

function readStatement(statement: Token[]): Found {
  const words = statement[0].text === 'async' ? statement.slice(1) : statement;
  const first = words[0]?.kind === 'name' ? words[0].text : '';
  const nothing = { defined: [], imported: importedByCall(statement), definesMore: false, hasBody: false };
  switch (first) {
    case 'def': case 'class':
      return { ...nothing, defined: [words[1]?.text ?? ''], hasBody: true };
    case 'import':
      return { ...nothing, ...readImport(words.slice(1)) };
    case 'from':
      return { ...nothing, ...readFromImport(words.slice(1)) };
    case 'with':
      return { ...nothing, defined: words.filter((_, i) => words[i - 1]?.text === 'as').map((token) => token.text) };
    default:
      return { ...nothing, defined: assignedNames(words) };
  }
}

/** `import a.b, c as d` */
function readImport(tokens: Token[]): Pick<Found, 'defined' | 'imported'> {
  const parts = splitByComma(tokens);
  return {
    imported: parts.map(([name]) => name.text),
    defined: parts.map((part) => (part.some((token) => token.text === 'as') ? part[part.length - 1] : part[0]).text),
  };
}

/** `from a.b import (c, d as e)` */
function readFromImport(tokens: Token[]): Pick<Found, 'defined' | 'imported' | 'definesMore'> {
  const at = tokens.findIndex((token) => token.kind === 'name' && token.text === 'import');
  if (at === -1) {
    return { defined: [], imported: [], definesMore: false };
  }
  const names = splitByComma(tokens.slice(at + 1).filter((token) => token.text !== '(' && token.text !== ')'));
  return {
    imported: tokens[0].kind === 'name' && at > 0 ? [tokens[0].text] : [],
    defined: names.map((name) => name[name.length - 1].text),
    definesMore: names.some(([name]) => name.text === '*'),
  };
}

/** `a = b, *c = ...`, `a: int = ...`, `(a, b) = ...` */
function assignedNames(tokens: Token[]): string[] {
  const isAssignment = (token: Token, i: number) => token.text === '=' && token.kind === 'other' && token.depth === 0
    && !/^[=!<>+\-*/%&|^@:]$/.test(tokens[i - 1]?.text ?? '') && tokens[i + 1]?.text !== '=';
  const names: string[] = [];
  let from = 0;
  tokens.forEach((token, i) => {
    if (isAssignment(token, i)) {
      names.push(...targetNames(tokens.slice(from, i)));
      from = i + 1;
    }
  });
  return names;
}

function targetNames(target: Token[]): string[] {
  const annotation = target.findIndex((token) => token.text === ':' && token.depth === 0);
  const names = annotation === -1 ? target : target.slice(0, annotation);
  const isPlain = names.every((token) => token.kind === 'name' || (token.kind === 'other' && ',*()[]'.includes(token.text)));
  const isSubscript = names.some((token, i) => '[('.includes(token.text) && names[i - 1]?.kind === 'name');
  return isPlain && !isSubscript ? names.filter((token) => token.kind === 'name').map((token) => token.text) : [];
}

/** `importlib.import_module('a.b')`, `__import__('a')` */
function importedByCall(tokens: Token[]): string[] {
  return tokens
    .filter((token, i) => token.kind === 'text' && tokens[i - 1]?.text === '(' && ['import_module', '__import__'].includes(tokens[i - 2]?.text))
    .map((token) => token.text.split('.')[0]);
}

function splitByComma(tokens: Token[]): Token[][] {
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    if (token.text === ',' && token.kind === 'other') {
      parts.push([]);
    } else {
      parts[parts.length - 1].push(token);
    }
  }
  return parts.filter((part) => part.length > 0);
}
