import * as path from 'node:path';
import * as ts from 'typescript';

const ROOT = path.join(__dirname, '..', '..');

/** Where the files are that exist only in memory. */
const VIRTUAL = path.join(ROOT, 'virtual');

/** The runtime as its users import it, and in place of the AWS SDK, which takes long to read, what is used of its names. */
const SDK = `
  export type SageMakerRuntimeClientConfig = { readonly region?: string };
  export type InvokeEndpointCommandInput = any;
  export type InvokeEndpointCommandOutput = any;
  export type InvokeEndpointAsyncCommandInput = any;
  export type InvokeEndpointAsyncCommandOutput = any;
  export declare class InvokeEndpointCommand { private a; constructor(input: any); }
  export declare class InvokeEndpointAsyncCommand { private b; constructor(input: any); }
  export declare class SageMakerRuntimeClient { constructor(config: SageMakerRuntimeClientConfig); send(command: any, options?: any): Promise<any>; }
`;

/** As strict as can be. */
export const STRICTEST: ts.CompilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
};

/** What the compiler says of one file. */
export interface Problem {
  readonly code: number;
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
}

const sources = new Map<string, ts.SourceFile>();

/** What the compiler says of files that are given by name, such as `a.ts`, and content. */
export function problemsIn(files: Readonly<Record<string, string>>, options: ts.CompilerOptions = STRICTEST): Map<string, Problem[]> {
  const virtual = new Map(Object.entries({ ...files, 'sdk.d.ts': SDK }).map(([name, text]) => [path.join(VIRTUAL, name), text]));
  const all: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts'],
    types: ['node'],
    noEmit: true,
    skipLibCheck: true,
    paths: {
      'cdk-tensorflow-serving/runtime': [path.join(ROOT, 'src', 'runtime', 'index.ts')],
      '@aws-sdk/client-sagemaker-runtime': [path.join(VIRTUAL, 'sdk.d.ts')],
    },
    ...options,
  };
  const host = ts.createCompilerHost(all);
  const program = ts.createProgram([...virtual.keys()], all, {
    ...host,
    getCurrentDirectory: () => ROOT,
    directoryExists: (directory) => directory === VIRTUAL || host.directoryExists!(directory),
    fileExists: (file) => virtual.has(file) || host.fileExists(file),
    readFile: (file) => virtual.get(file) ?? host.readFile(file),
    getSourceFile: (file, languageVersion) => {
      const text = virtual.get(file);
      if (text !== undefined) {
        return ts.createSourceFile(file, text, languageVersion);
      }
      const source = sources.get(file) ?? host.getSourceFile(file, languageVersion);
      if (source !== undefined) {
        sources.set(file, source);
      }
      return source;
    },
  });
  const global = program.getOptionsDiagnostics().concat(program.getGlobalDiagnostics());
  if (global.length > 0) {
    throw new Error(ts.formatDiagnostics(global, host));
  }
  return new Map(Object.keys(files).map((name) => {
    const source = program.getSourceFile(path.join(VIRTUAL, name))!;
    const diagnostics = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return [name, diagnostics.map(({ code, start, messageText }) => ({
      code,
      line: source.getLineAndCharacterOfPosition(start ?? 0).line + 1,
      message: ts.flattenDiagnosticMessageText(messageText, '\n'),
    }))];
  }));
}
