import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as efs from 'aws-cdk-lib/aws-efs';
import type * as fsx from 'aws-cdk-lib/aws-fsx';
import type { IDependable } from 'constructs';
import { requireText } from '../private/checks';

/** What a file system is to SageMaker. @internal */
export type FileSystemType = 'EFS' | 'FSxLustre';

/**
 * A file system that training data is in.
 *
 * One that is given as a construct lets the job's instances connect to it.
 */
export class TrainingFileSystem {
  /** A file system of Amazon EFS. */
  public static efs(fileSystem: efs.IFileSystem): TrainingFileSystem {
    return new TrainingFileSystem('EFS', fileSystem.fileSystemId, '', fileSystem, fileSystem.mountTargetsAvailable);
  }

  /**
   * A file system of Amazon EFS, by its id.
   *
   * Its security groups must let in those of the job.
   *
   * @param fileSystemId the id, such as `fs-0123456789abcdef0`
   */
  public static efsById(fileSystemId: string): TrainingFileSystem {
    requireText('TrainingFileSystem.efsById', 'fileSystemId', fileSystemId);
    return new TrainingFileSystem('EFS', fileSystemId, '');
  }

  /** A file system of Amazon FSx for Lustre. */
  public static fsxForLustre(fileSystem: fsx.LustreFileSystem): TrainingFileSystem {
    return new TrainingFileSystem('FSxLustre', fileSystem.fileSystemId, `/${fileSystem.mountName}`, fileSystem);
  }

  /**
   * A file system of Amazon FSx for Lustre, by its id.
   *
   * Its security groups must let in those of the job.
   *
   * @param fileSystemId the id, such as `fs-0123456789abcdef0`
   * @param mountName the name that it is mounted by, such as `fsx`
   */
  public static fsxForLustreById(fileSystemId: string, mountName: string): TrainingFileSystem {
    requireText('TrainingFileSystem.fsxForLustreById', 'fileSystemId', fileSystemId);
    requireText('TrainingFileSystem.fsxForLustreById', 'mountName', mountName);
    return new TrainingFileSystem('FSxLustre', fileSystemId, `/${mountName}`);
  }

  /** What it is to SageMaker. @internal */
  public readonly _type: FileSystemType;

  /** Its id. @internal */
  public readonly _fileSystemId: string;

  /** What goes before all paths in it. @internal */
  public readonly _root: string;

  /** What lets a job connect to it. @internal */
  public readonly _peer?: ec2.IConnectable;

  /** What there has to be before a job connects to it. @internal */
  public readonly _available?: IDependable;

  private constructor(type: FileSystemType, fileSystemId: string, root: string, peer?: ec2.IConnectable, available?: IDependable) {
    this._type = type;
    this._fileSystemId = fileSystemId;
    this._root = root;
    this._peer = peer;
    this._available = available;
  }
}
