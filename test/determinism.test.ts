import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Duration, Size, Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import {
  CapacitySize, DeploymentStrategy, EndpointVariant, InferenceCode, InstanceType, ModelArtifact, ModelFromArtifact, MultiModel, RollbackAlarms,
  TensorFlowServingDashboard, TensorFlowServingEndpoint, TensorFlowVersion,
} from '../src';
import { MODELS } from './support/synthesis';

let work: string;

beforeAll(() => {
  work = fs.mkdtempSync(path.join(os.tmpdir(), 'determinism-'));
});

afterAll(() => {
  fs.rmSync(work, { recursive: true, force: true });
});

/** A folder with a model and code, whose files have other times and modes than those of another one. */
function folder(name: string, mode: number, time: Date): string {
  const directory = path.join(work, name);
  fs.cpSync(path.join(MODELS, 'half_plus_three'), path.join(directory, 'half_plus_three'), { recursive: true });
  fs.cpSync(path.join(__dirname, '..', 'integ', 'inference'), path.join(directory, 'inference'), { recursive: true });
  for (const entry of fs.readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile()) {
      fs.chmodSync(file, mode);
    }
    fs.utimesSync(file, time, time);
  }
  return directory;
}

type Build = (stack: Stack, directory: string) => void;

/** An endpoint with the model and the code of a folder. */
const simple: Build = (stack, directory) => {
  const model = new ModelFromArtifact(stack, 'Model', {
    artifact: ModelArtifact.fromSavedModel(path.join(directory, 'half_plus_three')),
    version: TensorFlowVersion.V2_19,
    code: InferenceCode.fromDirectory(path.join(directory, 'inference')),
  });
  new TensorFlowServingEndpoint(stack, 'Endpoint', { model, instanceType: InstanceType.of('ml.c5.large') });
};

/** Endpoints with all that they may have. */
const full: Build = (stack, directory) => {
  const savedModel = ModelArtifact.fromSavedModel(path.join(directory, 'half_plus_three'));
  const code = InferenceCode.fromDirectory(path.join(directory, 'inference'));
  const bucket = new Bucket(stack, 'Bucket');
  const topic = new Topic(stack, 'Topic');
  const model = new ModelFromArtifact(stack, 'Model', { artifact: savedModel, version: TensorFlowVersion.V2_19 });

  const canary = new TensorFlowServingEndpoint(stack, 'Canary', {
    variants: [
      EndpointVariant.onInstances('cpu', { model, instanceType: InstanceType.of('ml.c5.large'), initialInstanceCount: 2 }),
      EndpointVariant.onInstances('gpu', { model, instanceType: InstanceType.of('ml.g4dn.xlarge') }),
    ],
    deployment: DeploymentStrategy.canary({ canarySize: CapacitySize.percent(10), waitInterval: Duration.minutes(10) }),
    rollbackAlarms: RollbackAlarms.recommended({ serverErrorRate: 0.02, modelLatency: Duration.millis(500) }),
  });
  canary.autoScaleInstanceCount({ variantName: 'cpu', minCapacity: 2, maxCapacity: 8 }).scaleOnInvocations('Requests', { invocationsPerInstance: 600 });
  canary.autoScaleInstanceCount({ variantName: 'gpu', minCapacity: 1, maxCapacity: 2 }).scaleOnGpuUtilization('Gpu', { targetUtilizationPercent: 70 });
  new TensorFlowServingDashboard(stack, 'Dashboard', { endpoint: canary, alarms: canary.monitoring.alarms({ topic }) });

  const later = new TensorFlowServingEndpoint(stack, 'Async', {
    model, instanceType: InstanceType.of('ml.c5.large'), asyncInference: { outputBucket: bucket, errorTopic: topic },
  });
  later.autoScaleInstanceCount({ minCapacity: 0, maxCapacity: 4 }).scaleOnBacklog('Backlog', { backlogPerInstance: 5 });

  const serverless = new TensorFlowServingEndpoint(stack, 'Serverless', {
    variants: [EndpointVariant.serverless('AllTraffic', { model, memorySize: Size.gibibytes(2), maxConcurrency: 20, provisionedConcurrency: 1 })],
  });
  const concurrency = serverless.autoScaleProvisionedConcurrency({ minCapacity: 1, maxCapacity: 10 });
  concurrency.scaleOnUtilization('Busy', { targetUtilization: 0.7 });
  concurrency.scaleOnSchedule('Morning', { schedule: Schedule.cron({ hour: '7', minute: '30' }), minCapacity: 4 });

  const artifact = MultiModel.fromPrefix(bucket, 'models/');
  artifact.addModel('north', savedModel, { code });
  artifact.addModel('south', ModelArtifact.fromBucket(Bucket.fromBucketName(stack, 'Source', 'sources'), 'south.tar.gz'), { code });
  const many = new ModelFromArtifact(stack, 'Many', { artifact, version: TensorFlowVersion.V2_19 });
  new TensorFlowServingEndpoint(stack, 'ManyModels', { model: many, instanceType: InstanceType.of('ml.m5.xlarge') });
};

/** Each template and each archive that an app in a folder comes to. */
function synthesized(directory: string, outdir: string, build: Build): Record<string, string> {
  const app = new App({ outdir: path.join(directory, outdir) });
  for (const [id, env] of [['Concrete', { account: '123456789012', region: 'us-east-1' }], ['Agnostic', undefined]] as const) {
    build(new Stack(app, id, { env }), directory);
  }
  const { directory: assembly } = app.synth();
  return Object.fromEntries(fs.readdirSync(assembly)
    .filter((file) => /\.(template\.json|tar\.gz)$/.test(file))
    .map((file) => [file, createHash('sha256').update(fs.readFileSync(path.join(assembly, file))).digest('hex')]));
}

/** The names of as many archives as this, and of the templates. */
function files(archives: number): unknown[] {
  const archive = expect.stringMatching(/^asset\.[0-9a-f]{64}\.tar\.gz$/);
  return ['Agnostic.template.json', 'Concrete.template.json', ...Array(archives).fill(archive)];
}

test.each([
  ['an endpoint', simple, 1],
  // a SavedModel alone, the same with code and with its versions at the root, and code alone
  ['all features of endpoints', full, 3],
])('the same source of %s makes the same templates and archives, twice and in two folders', (name, build, archives) => {
  const one = folder(`${name}, one`, 0o644, new Date(2020, 1, 1));
  const other = folder(`${name}, other`, 0o600, new Date(2026, 5, 5));
  const first = synthesized(one, 'first.out', build);
  expect(Object.keys(first).sort()).toEqual(files(archives));
  expect(synthesized(one, 'second.out', build)).toEqual(first);
  expect(synthesized(other, 'first.out', build)).toEqual(first);
});

test.each([['an endpoint', simple, 3], ['all features of endpoints', full, 4]])('a changed byte of the model makes other ones of %s', (name, build, others) => {
  const changed = folder(`${name}, changed`, 0o644, new Date(2020, 1, 1));
  const before = synthesized(changed, 'before.out', build);
  fs.appendFileSync(path.join(changed, 'half_plus_three', '00000123', 'assets', 'foo.txt'), '!');
  const after = synthesized(changed, 'after.out', build);
  expect(Object.keys(after)).toHaveLength(Object.keys(before).length);
  expect(Object.values(after).filter((hash) => !Object.values(before).includes(hash))).toHaveLength(others);
});
