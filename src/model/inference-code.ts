import * as fs from 'node:fs';
import * as path from 'node:path';
import { Annotations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { codeLayout } from './lazily';
import { requireText } from '../private/checks';
import { throwIfAny, validationError } from '../private/errors';
import { reporting } from '../private/packing-error';
import { listFiles, type PackedFile } from '../private/packing-files';

/** Inference code that was found to be what the container runs. @internal */
export interface BoundInferenceCode {
  /** Its files, with their paths in the archive, which begin with `code/`. */
  readonly files: PackedFile[];
  /** Whether the container installs packages when it starts. */
  readonly hasRequirements: boolean;
  /** Whether it can do its work only with a network: it installs packages or calls AWS. */
  readonly needsNetwork: boolean;
}

/** The handlers that run before and after the model: `inference.py` and what it needs. */
export class InferenceCode {
  /**
   * Takes the code from a directory on disk.
   *
   * The directory holds `inference.py`, which defines `handler`, or both `input_handler` and `output_handler`. Packages
   * come either with `requirements.txt`, which the container installs when it starts, or as files in `lib/`. Byte code,
   * version control, virtual environments (`.venv`, `venv`) and `.env` files are left out.
   *
   * @param directory the directory, relative to the working directory of the app
   * @see https://github.com/aws/sagemaker-tensorflow-serving-container#prepost-processing
   */
  public static fromDirectory(directory: string): InferenceCode {
    requireText('InferenceCode.fromDirectory', 'directory', directory);
    return new InferenceCode(directory);
  }

  private constructor(private readonly directory: string) {}

  /**
   * Looks through the code.
   *
   * @param scope the construct that it is given to, named in errors
   * @internal
   */
  public _bind(scope: Construct): BoundInferenceCode {
    const root = path.resolve(this.directory);
    const files = this.listFiles(scope, root);
    const { faults, ignoredHandlers, hasRequirements, needsNetwork } = codeLayout().checkCode({
      shownBelow: '',
      paths: files.map((file) => file.path),
      read: (file) => fs.readFileSync(path.join(root, file)),
    });
    throwIfAny(scope, faults.map((fault) => ({ property: 'code', got: this.directory, ...fault })));
    warnOfIgnoredHandlers(scope, 'inference.py', ignoredHandlers);
    return { files: files.map((file) => ({ ...file, path: `code/${file.path}` })), hasRequirements, needsNetwork };
  }

  private listFiles(scope: Construct, root: string): PackedFile[] {
    const invalid = (rule: string, remedy?: string) => validationError(scope, { property: 'code', got: this.directory, rule, remedy });
    const stats = fs.statSync(root, { throwIfNoEntry: false });
    if (stats === undefined) {
      throw invalid('does not exist', `there is no ${root}`);
    }
    if (!stats.isDirectory()) {
      throw invalid('must be a directory', 'give the directory that the file is in');
    }
    return reporting(scope, { property: 'code', got: this.directory }, () => listFiles(root, { prefix: '', root }));
  }
}

/** Warns of handlers that the container does not call, because there is one that it prefers. */
export function warnOfIgnoredHandlers(scope: Construct, file: string, names: string[]): void {
  if (names.length > 0) {
    Annotations.of(scope).addWarningV2(
      'cdk-tensorflow-serving:handlerIgnored',
      `${file} defines \`handler\`, so that the container does not call ${names.map((name) => `\`${name}\``).join(' and ')}: define one or the other`,
    );
  }
}
