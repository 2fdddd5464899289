import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Construct } from 'constructs';
import type { ArtifactSource, ArtifactUse, CheckedArtifact } from './artifact-source';
import { locationOf, ModelAsset } from './model-asset';
import { checkModelName, checkOnDisk, isVersion, RULE_FOR_NAMES } from './model-names';
import { severalModels } from './multi-model-layout';
import { throwIfAny, type Violation } from '../private/errors';
import { contentOfFiles } from '../private/packing';
import { PackingError, reporting } from '../private/packing-error';
import { listFiles } from '../private/packing-files';
import { findSavedModels, type FoundModel, readSavedModel, SavedModelError } from '../saved-model';

/** Files that the container takes for code only where they are not. */
const STRAY_CODE = ['inference.py', 'code/inference.py', 'code/requirements.txt'];

/** What a SavedModel on disk is served as. */
export interface SavedModelNames {
  readonly name?: string;
  readonly version?: string;
}

/** A SavedModel on disk, the versions of one, or several models. */
export class SavedModelSource implements ArtifactSource {
  constructor(private readonly directory: string, private readonly names: SavedModelNames) {}

  public check(scope: Construct, use: ArtifactUse): CheckedArtifact {
    const code = use.code?._bind(scope);
    return this.explaining(scope, () => {
      throwIfAny(scope, [...checkOnDisk(this.directory), ...this.checkNames()]);
      const models = findSavedModels(this.directory, { modelName: this.names.name });
      const isNamed = use.sharesContainer !== true;
      throwIfAny(scope, [
        ...isNamed || models.length === 1 ? [] : [{ property: 'artifact', got: this.directory, ...severalModels(models.map(({ name }) => name)) }],
        ...models.flatMap((model) => [...isNamed ? this.checkName(model, models.length) : [], ...this.checkVersion(model, models.length)]),
        ...this.checkStrayCode(models),
      ]);

      const versions = models.flatMap(({ name, versions: found }) => found.map(({ path: source, directoryName }) => ({
        source, prefix: `${isNamed ? `${name}/` : ''}${this.names.version ?? directoryName}`,
      })));
      const tensorFlowVersions = versions.map(({ source }) => readSavedModel(source).serving.tensorFlowVersion)
        .filter((version) => version !== undefined);
      const files = versions.flatMap(({ source, prefix }) => listFiles(source, { prefix, root: this.directory }));
      const modelNames = models.map(({ name }) => name);
      return {
        compressed: true,
        modelNames,
        tensorFlowVersions,
        hasInferenceCode: code !== undefined,
        hasRequirements: code?.hasRequirements ?? false,
        needsNetwork: code?.needsNetwork ?? false,
        provideIn: (host) => this.explaining(scope, () => locationOf(
          ModelAsset.ofFiles(host, contentOfFiles(modelNames.join(', '), [...files, ...code?.files ?? []])),
        )),
      };
    });
  }

  private explaining<T>(scope: Construct, work: () => T): T {
    return reporting(scope, { property: 'artifact', got: this.directory }, () => {
      try {
        return work();
      } catch (error) {
        throw error instanceof SavedModelError ? this.asPackingError(error) : error;
      }
    });
  }

  private checkNames(): Violation[] {
    const { name, version } = this.names;
    return [
      ...name !== undefined && checkModelName(name).length > 0 ? [{ property: 'artifact.name', rule: RULE_FOR_NAMES, got: name }] : [],
      ...version !== undefined && !isVersion(version) ? [{
        property: 'artifact.version', rule: `must be a number in digits, from 0 to ${2n ** 63n - 1n}`, got: version,
      }] : [],
    ];
  }

  private checkName(model: FoundModel, count: number): Violation[] {
    return (this.names.name === undefined ? checkModelName(model.name) : []).map(({ rule, remedy }) => ({
      property: 'artifact', got: this.directory, rule, remedy: count === 1 ? 'give another `name`' : remedy,
    }));
  }

  private checkVersion(model: FoundModel, count: number): Violation[] {
    const { version } = this.names;
    return [
      ...version !== undefined && count * model.versions.length > 1 ? [{
        property: 'artifact.version',
        got: version,
        rule: `needs one SavedModel, and ${this.directory} has several versions or models`,
        remedy: 'leave it out, or give the directory of one of them',
      }] : [],
    ];
  }

  private checkStrayCode(models: FoundModel[]): Violation[] {
    const versions = models.flatMap((model) => model.versions.map((version) => version.path));
    const inside = versions.filter((version) => version !== this.directory);
    const stray = [...new Set([this.directory, ...inside.map((version) => path.dirname(version)), ...versions])]
      .flatMap((directory) => STRAY_CODE.map((file) => path.join(directory, file)))
      .find((file) => fs.existsSync(file));
    return stray === undefined ? [] : [{
      property: 'artifact',
      got: this.directory,
      rule: `has ${stray}, which the container would not run from there`,
      remedy: 'move it out of the model, and give its directory as `code` with InferenceCode.fromDirectory',
    }];
  }

  private asPackingError(error: SavedModelError): PackingError {
    const isAll = path.resolve(error.path) === path.resolve(this.directory);
    return new PackingError(
      isAll ? error.problem : `cannot be served: ${error.path} ${error.problem}`,
      [error.remedy, ...error.details].join('\n'),
    );
  }
}
