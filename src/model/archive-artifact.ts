import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { BUNDLING_STACKS } from 'aws-cdk-lib/cx-api';
import type { Construct } from 'constructs';
import { copyEntries } from './archive-copying';
import { checkArchive } from './archive-layout';
import { type ReadArchive, readArchive } from './archive-reading';
import type { ArtifactSource, ArtifactUse, CheckedArtifact } from './artifact-source';
import { type BoundInferenceCode, warnOfIgnoredHandlers } from './inference-code';
import { locationOf, ModelAsset, type ModelAssetOptions } from './model-asset';
import { checkOnDisk, isCode } from './model-names';
import { checkSharedArchive } from './multi-model-layout';
import { throwIfAny } from '../private/errors';
import { gunzip } from '../private/gunzip';
import { type ArchiveContent, changed, contentOfFiles, copyContent, hashContent, packContent, sizeOf, writeFiles } from '../private/packing';
import { PackingError, reporting } from '../private/packing-error';
import type { PackedFile } from '../private/packing-files';
import { HashSink } from '../private/packing-sinks';
import { remember } from '../private/packing-stamps';
import { TarReader } from '../private/tar-reader';

/** Part of each hash: another one where the same archive and code would become other bytes than before. */
const FORMAT = 'archive 1';

const UNREAD = { compressed: true, hasInferenceCode: undefined, hasRequirements: undefined, needsNetwork: undefined };
const UNREAD_ASSET: ModelAssetOptions = { contentHash: () => '', write: () => {} };

/** A `model.tar.gz` on disk. */
export class ArchiveSource implements ArtifactSource {
  private readonly given: { readonly property: string; readonly got: string };

  constructor(private readonly file: string) {
    this.given = { property: 'artifact', got: file };
  }

  public check(scope: Construct, use: ArtifactUse): CheckedArtifact {
    throwIfAny(scope, checkOnDisk(this.file));
    const code = use.code?._bind(scope);
    return reporting(scope, this.given, () => this.look(scope, code, use.sharesContainer === true));
  }

  private look(scope: Construct, code: BoundInferenceCode | undefined, sharesContainer: boolean): CheckedArtifact {
    const file = path.resolve(this.file);
    const stats = checkFile(file);
    if (scope.node.tryGetContext(BUNDLING_STACKS)?.length === 0) {
      // `cdk list` and the like have no use for what is in it, which takes a while to read
      return { ...UNREAD, provideIn: (host) => locationOf(ModelAsset.of(host, UNREAD_ASSET)) };
    }
    const archive = remember(`archive ${file}`, stats, () => readArchive(file, stats.size));
    const shared = sharesContainer ? checkSharedArchive(archive.listing, code !== undefined) : undefined;
    const findings = shared ?? checkArchive(archive.listing, code !== undefined);
    const isReady = shared?.isReady ?? code === undefined;
    throwIfAny(scope, findings.faults.map((fault) => ({ ...this.given, ...fault })));
    warnOfIgnoredHandlers(scope, 'code/inference.py', findings.code?.ignoredHandlers ?? []);

    return {
      compressed: true,
      modelNames: findings.modelNames,
      hasInferenceCode: code !== undefined || findings.code !== undefined,
      hasRequirements: code?.hasRequirements ?? findings.code?.hasRequirements ?? false,
      needsNetwork: code?.needsNetwork ?? findings.code?.needsNetwork ?? false,
      provideIn: (host) => reporting(scope, this.given, () => locationOf(
        ModelAsset.of(host, isReady ? asItIs(file, archive) : packedAgain(file, archive, {
          code: code?.files ?? [],
          place: shared?.place ?? ((entryPath) => entryPath === '' || isCode(entryPath) ? undefined : entryPath),
          format: shared === undefined ? FORMAT : `${FORMAT}, versions at the root`,
        })),
      )),
    };
  }
}

function checkFile(file: string): fs.Stats {
  const stats = fs.statSync(file, { throwIfNoEntry: false });
  if (stats === undefined) {
    throw new PackingError('does not exist', `there is no ${file}`);
  }
  if (stats.isDirectory()) {
    throw new PackingError('must be an archive, not a directory', 'give a directory to ModelArtifact.fromSavedModel');
  }
  if (!file.toLowerCase().endsWith('.tar.gz')) {
    throw new PackingError('must end in .tar.gz, which SageMaker asks for', 'rename it if it is a tar archive compressed with gzip');
  }
  return stats;
}

function asItIs(file: string, { hash }: ReadArchive): ModelAssetOptions {
  return {
    contentHash: () => `${FORMAT} ${hash}`,
    write: (target) => copyContent(file, target, hash),
    original: file,
  };
}

/** What an archive becomes. */
interface Changes {
  /** What takes the place of its code. */
  readonly code: readonly PackedFile[];
  /** Where its entries go, by their paths; undefined for those that are left out. */
  readonly place: (entryPath: string) => string | undefined;
  /** Part of the hash: another one for other places. */
  readonly format: string;
}

function packedAgain(file: string, archive: ReadArchive, changes: Changes): ModelAssetOptions {
  const { code, format } = changes;
  return {
    contentHash: () => createHash('sha256').update(`${format} ${archive.hash} ${hashContent(contentOfFiles('code', code))}`).digest('hex'),
    write: (target) => packContent(contentOf(file, archive, changes), target),
  };
}

function contentOf(file: string, { hash: expected, listing }: ReadArchive, { code, place }: Changes): ArchiveContent {
  return {
    name: path.basename(file),
    size: listing.entries.reduce((sum, { size }) => sum + size, 0) + sizeOf(code),
    writeTo: (tar) => {
      const hash = new HashSink();
      gunzip(file, new TarReader(copyEntries(tar, place)), hash);
      if (hash.digest() !== expected) {
        throw changed();
      }
      writeFiles(tar, code);
    },
  };
}
