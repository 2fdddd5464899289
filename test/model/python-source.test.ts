import * as fc from 'fast-check';
import { decodePython, readPython } from '../../src/model/python-source';

const defined = (source: string) => [...readPython(source).defined].sort();
const imported = (source: string) => [...readPython(source).imported].sort();

describe('defines', () => {
  test.each<[string, string, string[]]>([
    ['a function', 'def handler(data, context):\n    return data', ['handler']],
    ['a function on one line', 'def handler(d, c): x = 1; return d', ['handler']],
    ['an async function', 'async def handler(data, context):\n    pass', ['handler']],
    ['a decorated function', '@logged("x")\ndef handler(data, context): ...', ['handler']],
    ['a class', 'class handler:\n    x = 1\n    def method(self): pass', ['handler']],
    ['an assignment', 'handler = make_handler()', ['handler']],
    ['an assignment with a type', 'handler: Callable[..., bytes] = make()', ['handler']],
    ['nothing by a type alone', 'handler: Callable', []],
    ['a lambda', 'handler = lambda data, context: (data, "text/plain")', ['handler']],
    ['several assignments', 'a = b = make()', ['a', 'b']],
    ['a tuple', 'input_handler, (output_handler, *rest) = make()', ['input_handler', 'output_handler', 'rest']],
    ['no attribute and no item', 'a.b = 1\nc[0] = 2\nd().e = 3', []],
    ['nothing by a comparison', 'a == 1\na != b\na <= b\na >= b\nassert a == b', []],
    ['nothing by an augmented assignment', 'a += 1\nb //= 2\nc |= 3', []],
    ['nothing by an argument', 'print(handler=1)', []],
    ['an import', 'import handler', ['handler']],
    ['an import with another name', 'import my.module as handler', ['handler']],
    ['the top of a package', 'import os.path, json', ['json', 'os']],
    ['an imported name', 'from handlers import handler', ['handler']],
    ['an imported name under another name', 'from .handlers import predict as handler', ['handler']],
    ['imported names in brackets', 'from handlers import (  # all\n    input_handler,\n    output_handler as output,\n)', ['input_handler', 'output']],
    ['a name of a context', 'with open("f") as handler:\n    pass', ['handler']],
    ['in branches', 'if X:\n    def a(): pass\nelse:\n    b = 1\ntry:\n    from m import c\nexcept ImportError:\n    d = None', ['a', 'b', 'c', 'd']],
    ['behind a branch on one line', 'if X: handler = a\nelse: other = b', ['handler', 'other']],
    ['several on one line', 'a = 1; b = 2', ['a', 'b']],
    ['after a function', 'def a():\n    b = 1\n\n    c = 2\nd = 3', ['a', 'd']],
    ['nothing within a function', 'def a():\n    def handler(): pass\n    from m import other', ['a']],
    ['nothing within a method', 'class A:\n  def handler(self):\n    pass\n  x = 1', ['A']],
    ['in a branch after a function in it', 'if X:\n    def a():\n        pass\n    handler = a', ['a', 'handler']],
    ['nothing in a comment', '# def handler(): pass\nx = 1  # handler = 2', ['x']],
    ['nothing in a text', 'x = "def handler(): pass"\ny = \'\'\'\nhandler = 1\n\'\'\'', ['x', 'y']],
    ['nothing in a docstring', '"""\ndef handler(data, context):\n    """\nx = 1', ['x']],
    ['behind a docstring in a function', 'def a():\n    """Text\ndef handler(): pass\n    """\nb = 1', ['a', 'b']],
    ['behind texts with quotes in them', 'a = "\\"" ; b = \'it\\\'s\'; c = r"\\\\"\nd = 1', ['a', 'b', 'c', 'd']],
    ['behind texts of all kinds', 'a = rb"x"; b = F\'{x}\'; c = u"y"; d = Br"z"', ['a', 'b', 'c', 'd']],
    ['behind a text that is not closed', 'a = "oops\nhandler = 1', ['a', 'handler']],
    ['over several lines', 'handler = \\\n    make(\n  a,\n)\nother = [\n1, 2\n]', ['handler', 'other']],
    ['with tabs', 'if X:\n\thandler = 1', ['handler']],
    ['with other line ends', 'def a():\r\n    x = 1\r\nhandler = 2\r\n', ['a', 'handler']],
    ['with a mark of the byte order', '\ufeffhandler = 1', ['handler']],
    ['with other letters', 'größe = 1\nhandler = größe', ['größe', 'handler']],
    ['after brackets that only look unbalanced', 'x = f"{d["("]}"\ndef handler(data, context):\n    pass', ['handler', 'x']],
    ['nothing at all', '', []],
    ['after a line of nothing but async', 'async\nhandler = 1', ['handler']],
    ['nothing by half a statement', 'from\nimport\ndef\n= 1', ['']],
  ])('%s', (_, source, names) => {
    expect(defined(source)).toEqual(names.sort());
  });
});

test.each([
  ['from handlers import *', true],
  ['from handlers import (*)', true],
  ['from handlers import handler', false],
  ['def f():\n    from handlers import *', false],
  ['x = 2 * 3', false],
])('%j may define more: %s', (source, expected) => {
  expect(readPython(source).definesMore).toBe(expected);
});

describe('imports', () => {
  test.each<[string, string, string[]]>([
    ['a module', 'import boto3', ['boto3']],
    ['several modules', 'import os, boto3 as b', ['boto3', 'os']],
    ['the top of a package', 'import boto3.session', ['boto3']],
    ['a name of a module', 'from botocore.config import Config', ['botocore']],
    ['in a function', 'def f():\n    if X:\n        import boto3', ['boto3']],
    ['by a call', 'importlib.import_module("boto3.session")\n__import__(\'s3fs\')', ['boto3', 's3fs']],
    ['nothing by another call', 'print("boto3")', []],
    ['nothing of its own package', 'from .boto3 import x\nfrom . import boto3', []],
    ['nothing in comments and texts', '# import boto3\nx = "import boto3"', []],
  ])('%s', (_, source, names) => {
    expect(imported(source)).toEqual(names);
  });
});

test('reads any text', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('def ', 'class ', 'import ', 'from ', ' as ', '(', ')', '"', "'", '"""', '\\', '\n', '    ', '\t', '#', ',', '=', ':', ';', '*', 'handler', '\r'),
  );
  fc.assert(fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
    expect(readPython(pieces.join('')).defined).toBeInstanceOf(Set);
  }), { numRuns: 500 });
});

test('finds a function behind any text and any comment', () => {
  const text = fc.string().map((content) => JSON.stringify(content));
  const comment = fc.string().map((content) => `# ${content.replace(/[\r\n]/g, ' ')}`);
  fc.assert(fc.property(fc.array(fc.oneof(text, comment), { maxLength: 6 }), (lines) => {
    expect(defined([...lines, 'def handler(data, context):', '    pass'].join('\n'))).toEqual(['handler']);
  }));
});

describe('decoding', () => {
  test.each<[string, Buffer, string | undefined]>([
    ['UTF-8', Buffer.from('x = "ä"'), 'x = "ä"'],
    ['UTF-8 with a mark', Buffer.from('\ufeffx = 1'), 'x = 1'],
    ['the encoding that the first line names', Buffer.concat([Buffer.from('# -*- coding: latin-1 -*-\n#'), Buffer.from([0xe4])]), '# -*- coding: latin-1 -*-\n#ä'],
    ['the encoding that the second line names', Buffer.concat([Buffer.from('#!/usr/bin/python\n# coding=cp1252\n#'), Buffer.from([0xe4])]),
      '#!/usr/bin/python\n# coding=cp1252\n#ä'],
    ['not another encoding that nothing names', Buffer.from([0xe4]), undefined],
    ['not an encoding that the third line names', Buffer.concat([Buffer.from('\n\n# coding=latin-1\n#'), Buffer.from([0xe4])]), undefined],
    ['an encoding that only Python knows', Buffer.from('# coding: utf8-sig\nx = 1'), '# coding: utf8-sig\nx = 1'],
    ['not UTF-16', Buffer.from('\ufeffx = 1', 'utf16le'), undefined],
  ])('reads %s', (_, bytes, expected) => {
    expect(decodePython(bytes)).toBe(expected);
  });
});
