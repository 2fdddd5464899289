import * as iam from 'aws-cdk-lib/aws-iam';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { InputMode } from './input-mode';
import { checkContentType } from './s3-channel';
import type { TrainingFileSystem } from './training-file-system';
import { FileSystemAccessMode, type FileSystemInputOptions } from './training-input-options';
import type { InputSource } from './training-input-source';
import { checkPattern } from '../private/checks';
import type { Violation } from '../private/errors';

const LONGEST_DIRECTORY = 4096;

/** Finds where to mount a file system. */
const LOOK_UP = { EFS: ['elasticfilesystem:DescribeMountTargets'], FSxLustre: ['fsx:DescribeFileSystems'] };

/** A directory in a file system. */
export function fileSystemInput(fileSystem: TrainingFileSystem, directory: string, options: FileSystemInputOptions): InputSource {
  const path = `${fileSystem._root}${directory}`;
  return {
    revision: options.revision,
    check: (_, at, { isInVpc }) => [
      ...isInVpc ? [] : [{
        property: 'vpc', rule: `is required for \`${at}\`, a file system, which the job reaches through it`, remedy: 'give the VPC of the file system',
      }],
      ...checkPattern(`${at}.fileSystemId`, fileSystem._fileSystemId, /^fs-[0-9a-f]{8,18}$/, 'must have the form fs-0123456789abcdef0'),
      ...checkDirectory(`${at}.directory`, directory, path),
      ...checkContentType(at, options.contentType),
    ],
    bind: (scope, { inputMode }) => ({
      channel: {
        DataSource: {
          FileSystemDataSource: {
            FileSystemId: fileSystem._fileSystemId,
            FileSystemType: fileSystem._type,
            DirectoryPath: path,
            FileSystemAccessMode: options.accessMode ?? FileSystemAccessMode.READ_ONLY,
          },
        },
        ContentType: options.contentType,
        // there is no other for file systems
        InputMode: inputMode === InputMode.FILE ? undefined : InputMode.FILE,
      },
      reads: [],
      statements: [new iam.PolicyStatement({ actions: LOOK_UP[fileSystem._type], resources: [resourceOf(scope, fileSystem)] })],
      peers: fileSystem._peer === undefined ? [] : [fileSystem._peer],
      dependable: fileSystem._available,
    }),
  };
}

function resourceOf(scope: Construct, { _type, _fileSystemId }: TrainingFileSystem): string {
  return _type === 'EFS'
    ? Stack.of(scope).formatArn({ service: 'elasticfilesystem', resource: 'file-system', resourceName: _fileSystemId })
    : '*'; // this takes no resource
}

function checkDirectory(property: string, directory: string, path: string): Violation[] {
  if (Token.isUnresolved(directory)) {
    return [];
  }
  if (!directory.startsWith('/')) {
    return [{ property, rule: 'must begin with a slash', got: directory, remedy: `write /${directory}` }];
  }
  return Token.isUnresolved(path) || path.length <= LONGEST_DIRECTORY ? [] : [{
    property, rule: `must be at most ${LONGEST_DIRECTORY} characters long`, got: path.length,
  }];
}
