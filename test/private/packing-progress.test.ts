import fs from 'node:fs';
import { Progress, type Terminal, terminalOfProcess } from '../../src/private/packing-progress';

const CLEAR = '\r\u001b[K';
const MIB = 2 ** 20;

class FakeTerminal implements Terminal {
  public readonly written: string[] = [];
  public time = 5000;

  constructor(readonly columns = 80) {}

  public now(): number {
    return this.time;
  }

  public write(text: string): void {
    this.written.push(text);
  }
}

function progressOf(total: number, columns?: number): { terminal: FakeTerminal; advance: (ms: number, bytes: number) => void; progress: Progress } {
  const terminal = new FakeTerminal(columns);
  const progress = new Progress('Packing half_plus_three', total, terminal);
  return {
    terminal,
    progress,
    advance: (ms, bytes) => {
      terminal.time += ms;
      progress.write(new Uint8Array(bytes));
    },
  };
}

test('says nothing within the first second', () => {
  const { terminal, progress, advance } = progressOf(10 * MIB);
  advance(999, 5 * MIB);
  progress.end();
  expect(terminal.written).toEqual([]);
});

test('says how far it is after a second, and clears the line in the end', () => {
  const { terminal, progress, advance } = progressOf(10 * MIB);
  advance(1000, 4.5 * MIB);
  progress.end();
  expect(terminal.written).toEqual(['\rPacking half_plus_three: 45 % (4.5 of 10.0 MiB)\u001b[K', CLEAR]);
});

test('writes the line anew ten times a second at most', () => {
  const { terminal, advance } = progressOf(10 * MIB);
  advance(1000, MIB);
  advance(99, MIB);
  advance(1, MIB);
  expect(terminal.written).toEqual([
    '\rPacking half_plus_three: 10 % (1.0 of 10.0 MiB)\u001b[K',
    '\rPacking half_plus_three: 30 % (3.0 of 10.0 MiB)\u001b[K',
  ]);
});

test('counts large files in GiB', () => {
  const { terminal, advance } = progressOf(2.7 * 1024 * MIB);
  advance(0, 700 * MIB);
  advance(1000, 500 * MIB);
  expect(terminal.written).toEqual(['\rPacking half_plus_three: 43 % (1.2 of 2.7 GiB)\u001b[K']);
});

test('never says more than 100 %', () => {
  const { terminal, advance } = progressOf(MIB);
  advance(2000, 3 * MIB);
  expect(terminal.written).toEqual(['\rPacking half_plus_three: 100 % (1.0 of 1.0 MiB)\u001b[K']);
});

test('takes nothing for all of nothing', () => {
  const { terminal, advance } = progressOf(0);
  advance(2000, 0);
  expect(terminal.written).toEqual(['\rPacking half_plus_three: 100 % (0.0 of 0.0 MiB)\u001b[K']);
});

test('leaves the last column of a narrow terminal free, so that the line does not break', () => {
  const { terminal, advance } = progressOf(10 * MIB, 20);
  advance(1000, MIB);
  expect(terminal.written).toEqual(['\rPacking half_plus_t\u001b[K']);
});

describe('the terminal of the process', () => {
  test.each([
    ['is there on a terminal', { isTTY: true }, undefined, true],
    ['is there where CI is empty', { isTTY: true }, '', true],
    ['is there where CI is false', { isTTY: true }, 'false', true],
    ['is not there in a build service', { isTTY: true }, 'true', false],
    ['is not there where messages go to a file', {}, undefined, false],
  ])('%s', (_, stream, ci, expected) => {
    expect(terminalOfProcess(stream, ci ?? '') !== undefined).toBe(expected);
  });

  test('has as many columns as the stream says, or else 80', () => {
    expect(terminalOfProcess({ isTTY: true, columns: 132 }, '')?.columns).toBe(132);
    expect(terminalOfProcess({ isTTY: true }, '')?.columns).toBe(80);
    expect(terminalOfProcess({ isTTY: true, columns: 0 }, '')?.columns).toBe(80);
  });

  test('knows the time', () => {
    jest.spyOn(Date, 'now').mockReturnValueOnce(42);
    expect(terminalOfProcess({ isTTY: true }, '')?.now()).toBe(42);
  });

  test('writes to standard error, and does not mind if it cannot', () => {
    const write = jest.spyOn(fs, 'writeSync').mockImplementation(() => { throw new Error('EAGAIN'); });
    try {
      terminalOfProcess({ isTTY: true }, '')?.write('text');
      expect(write).toHaveBeenCalledWith(2, 'text');
    } finally {
      write.mockRestore();
    }
  });
});
