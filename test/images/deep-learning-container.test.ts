import { App, Stack, Token } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import { REGISTRIES } from './published-images';
import { AcceleratorType } from '../../src/images/accelerator-type';
import { findContainer, isViolation, type Job, VersionImages } from '../../src/images/deep-learning-container';
import { SCOPES } from '../../src/images/image-facts';
import type { Hardware } from '../../src/images/image-source';
import { InstanceType } from '../../src/images/instance-type';
import { TensorFlowVersion } from '../../src/images/tensorflow-version';

const OWN = 'an image of your own (TensorFlowImage.fromUri)';

function stackIn(region?: string): Stack {
  return new Stack(new App(), 'Stack', region === undefined ? {} : { env: { region } });
}

function hardware(instanceType?: string, acceleratorType?: string): Hardware {
  return {
    instanceType: instanceType === undefined ? undefined : InstanceType.of(instanceType),
    acceleratorType: acceleratorType === undefined ? undefined : AcceleratorType.of(acceleratorType),
  };
}

function uri(job: Job, version: TensorFlowVersion | string, region: string, instanceType?: string, acceleratorType?: string): string {
  const images = new VersionImages(job, typeof version === 'string' ? TensorFlowVersion.of(version) : version);
  return images.bind(stackIn(region), hardware(instanceType, acceleratorType)).imageUri;
}

describe('training', () => {
  test.each([
    ['1.4.1', 'cpu', '520713654638', 'sagemaker-tensorflow:1.4.1-cpu-py2'],
    ['1.10.0', 'gpu', '520713654638', 'sagemaker-tensorflow:1.10.0-gpu-py2'],
    ['1.11.0', 'cpu', '520713654638', 'sagemaker-tensorflow-scriptmode:1.11.0-cpu-py3'],
    ['1.12.0', 'gpu', '520713654638', 'sagemaker-tensorflow-scriptmode:1.12.0-gpu-py3'],
    ['1.12', 'gpu', '520713654638', 'sagemaker-tensorflow-scriptmode:1.12-gpu-py3'],
    ['1.13.1', 'cpu', '763104351884', 'tensorflow-training:1.13.1-cpu-py3'],
    ['1.14.0', 'cpu', '763104351884', 'tensorflow-training:1.14.0-cpu-py3'],
    ['1.15.2', 'gpu', '763104351884', 'tensorflow-training:1.15.2-gpu-py37'],
    ['1.15.5', 'gpu', '763104351884', 'tensorflow-training:1.15.5-gpu-py37'],
    ['2.0.0', 'cpu', '763104351884', 'tensorflow-training:2.0.0-cpu-py3'],
    ['2.0.4', 'cpu', '763104351884', 'tensorflow-training:2.0.4-cpu-py36'],
    ['2.2.0', 'gpu', '763104351884', 'tensorflow-training:2.2.0-gpu-py37'],
    ['2.6.2', 'cpu', '763104351884', 'tensorflow-training:2.6.2-cpu-py38'],
    ['2.8.0', 'cpu', '763104351884', 'tensorflow-training:2.8.0-cpu-py39'],
    ['2.11.0', 'gpu', '763104351884', 'tensorflow-training:2.11.0-gpu-py39'],
    ['2.12.0', 'gpu', '763104351884', 'tensorflow-training:2.12.0-gpu-py310'],
    ['2.16.2', 'cpu', '763104351884', 'tensorflow-training:2.16.2-cpu-py310'],
    ['2.16', 'cpu', '763104351884', 'tensorflow-training:2.16-cpu-py310'],
    ['2.18.0', 'gpu', '763104351884', 'tensorflow-training:2.18.0-gpu-py310'],
    ['2.19.0', 'gpu', '763104351884', 'tensorflow-training:2.19.0-gpu-py312'],
    ['2.21.0', 'gpu', '763104351884', 'tensorflow-training:2.21.0-gpu-py312'],
    ['2.21', 'cpu', '763104351884', 'tensorflow-training:2.21-cpu-py312'],
  ])('with %s on a %s is in %s: %s', (version, processor, account, image) => {
    expect(uri('training', version, 'us-west-2', processor === 'gpu' ? 'ml.g5.xlarge' : 'ml.c5.xlarge'))
      .toBe(`${account}.dkr.ecr.us-west-2.amazonaws.com/${image}`);
  });

  test.each([
    [TensorFlowVersion.V1_15, '1.15.5-cpu-py37'],
    [TensorFlowVersion.V2_7, '2.7.1-cpu-py38'],
    [TensorFlowVersion.V2_9, '2.9.2-cpu-py39'],
    [TensorFlowVersion.V2_16, '2.16.2-cpu-py310'],
    [TensorFlowVersion.V2_19, '2.19.0-cpu-py312'],
    [TensorFlowVersion.V2_21, '2.21.0-cpu-py312'],
  ])('with the constant of %s has the tag %s', (version, tag) => {
    expect(uri('training', version, 'us-west-2', 'ml.c5.xlarge')).toBe(`763104351884.dkr.ecr.us-west-2.amazonaws.com/tensorflow-training:${tag}`);
  });
});

describe('serving', () => {
  test.each([
    ['1.4.1', 'cpu', '520713654638', 'sagemaker-tensorflow:1.4.1-cpu-py2'],
    ['1.10.0', 'gpu', '520713654638', 'sagemaker-tensorflow:1.10.0-gpu-py2'],
    ['1.11.0', 'cpu', '520713654638', 'sagemaker-tensorflow-serving:1.11.0-cpu'],
    ['1.12.0', 'gpu', '520713654638', 'sagemaker-tensorflow-serving:1.12.0-gpu'],
    ['1.13.0', 'cpu', '763104351884', 'tensorflow-inference:1.13.0-cpu'],
    ['1.13.1', 'cpu', '763104351884', 'tensorflow-inference:1.13.0-cpu'],
    ['1.13', 'cpu', '763104351884', 'tensorflow-inference:1.13-cpu'],
    ['1.15.5', 'gpu', '763104351884', 'tensorflow-inference:1.15.5-gpu'],
    ['2.5.0', 'gpu', '763104351884', 'tensorflow-inference:2.5.1-gpu'],
    ['2.6.2', 'cpu', '763104351884', 'tensorflow-inference:2.6.3-cpu'],
    ['2.7.1', 'cpu', '763104351884', 'tensorflow-inference:2.7.0-cpu'],
    ['2.8.0', 'cpu', '763104351884', 'tensorflow-inference:2.8.0-cpu'],
    ['2.8', 'cpu', '763104351884', 'tensorflow-inference:2.8-cpu'],
    ['2.12.0', 'gpu', '763104351884', 'tensorflow-inference:2.12.1-gpu'],
    ['2.12', 'gpu', '763104351884', 'tensorflow-inference:2.12-gpu'],
    ['2.16.2', 'gpu', '763104351884', 'tensorflow-inference:2.16.1-gpu'],
    ['2.19.0', 'gpu', '763104351884', 'tensorflow-inference:2.19.0-gpu'],
    ['2.19', 'cpu', '763104351884', 'tensorflow-inference:2.19-cpu'],
    ['2.20.0', 'cpu', '763104351884', 'tensorflow-inference:2.20.0-cpu-py312'],
    ['2.20', 'gpu', '763104351884', 'tensorflow-inference:2.20-gpu-py312'],
    ['2.21.0', 'gpu', '763104351884', 'tensorflow-inference:2.20.0-gpu-py312'],
    ['2.21', 'cpu', '763104351884', 'tensorflow-inference:2.20-cpu-py312'],
  ])('%s on a %s is in %s: %s', (version, processor, account, image) => {
    expect(uri('inference', version, 'us-west-2', processor === 'gpu' ? 'ml.g5.xlarge' : 'ml.c5.xlarge'))
      .toBe(`${account}.dkr.ecr.us-west-2.amazonaws.com/${image}`);
  });

  test.each([
    [TensorFlowVersion.V2_8, 'ml.c5.xlarge', 'tensorflow-inference:2.8.4-cpu'],
    [TensorFlowVersion.V2_9, 'ml.c5.xlarge', 'tensorflow-inference:2.9.3-cpu'],
    [TensorFlowVersion.V2_9, 'ml.c7g.xlarge', 'tensorflow-inference-graviton:2.9.1-cpu-py38-ubuntu20.04-sagemaker'],
    [TensorFlowVersion.V2_16, 'ml.g5.xlarge', 'tensorflow-inference:2.16.1-gpu'],
    [TensorFlowVersion.V2_16, 'ml.m8g.xlarge', 'tensorflow-inference-graviton:2.16.1-cpu-py310-ubuntu20.04-sagemaker'],
    [TensorFlowVersion.V2_20, 'ml.p5.48xlarge', 'tensorflow-inference:2.20.0-gpu-py312'],
    [TensorFlowVersion.V2_21, 'ml.c5.xlarge', 'tensorflow-inference:2.20.0-cpu-py312'],
    [TensorFlowVersion.V2_21, undefined, 'tensorflow-inference:2.20.0-cpu-py312'],
  ])('the constant of %s on %s is %s', (version, instanceType, image) => {
    expect(uri('inference', version, 'us-west-2', instanceType)).toBe(`763104351884.dkr.ecr.us-west-2.amazonaws.com/${image}`);
  });

  test.each([
    ['2.9.1', 'ml.c6g.xlarge', '2.9.1-cpu-py38-ubuntu20.04-sagemaker'],
    ['2.12.0', 'ml.c6gn.xlarge', '2.12.1-cpu-py310-ubuntu20.04-sagemaker'],
    ['2.12.1', 'ml.m6gd.xlarge', '2.12.1-cpu-py310-ubuntu20.04-sagemaker'],
    ['2.13.0', 'ml.r7gd.xlarge', '2.13.0-cpu-py310-ubuntu20.04-sagemaker'],
    ['2.14', 'ml.r8g.xlarge', '2.14-cpu-py310-ubuntu20.04-sagemaker'],
    ['2.16.2', 'ml.c8g.xlarge', '2.16.1-cpu-py310-ubuntu20.04-sagemaker'],
  ])('%s on %s has the Graviton image with the tag %s', (version, instanceType, tag) => {
    expect(uri('inference', version, 'us-west-2', instanceType)).toBe(`763104351884.dkr.ecr.us-west-2.amazonaws.com/tensorflow-inference-graviton:${tag}`);
  });

  test.each([
    ['1.10.0', '520713654638', 'sagemaker-tensorflow-eia:1.10.0-cpu-py2'],
    ['1.11.0', '520713654638', 'sagemaker-tensorflow-serving-eia:1.11.0-cpu'],
    ['1.13.1', '520713654638', 'sagemaker-tensorflow-serving-eia:1.13.0-cpu'],
    ['1.14.0', '763104351884', 'tensorflow-inference-eia:1.14.0-cpu'],
    ['1.15', '763104351884', 'tensorflow-inference-eia:1.15-cpu'],
    ['2.0.0', '763104351884', 'tensorflow-inference-eia:2.0.0-cpu'],
    ['2.3.0', '763104351884', 'tensorflow-inference-eia:2.3.0-cpu'],
  ])('%s with an accelerator is in %s: %s', (version, account, image) => {
    expect(uri('inference', version, 'us-west-2', 'ml.c5.xlarge', 'ml.eia2.medium')).toBe(`${account}.dkr.ecr.us-west-2.amazonaws.com/${image}`);
  });

  test('an accelerator that is a token needs the same image', () => {
    const acceleratorType = AcceleratorType.of(Token.asString({ Ref: 'Type' }));
    expect(new VersionImages('inference', TensorFlowVersion.V2_3).bind(stackIn('us-west-2'), { ...hardware('ml.c5.xlarge'), acceleratorType }).imageUri)
      .toBe('763104351884.dkr.ecr.us-west-2.amazonaws.com/tensorflow-inference-eia:2.3.0-cpu');
  });
});

describe('every region', () => {
  const SUFFIX: { readonly [region: string]: string } = {
    'cn-north-1': 'amazonaws.com.cn',
    'cn-northwest-1': 'amazonaws.com.cn',
    'us-iso-east-1': 'c2s.ic.gov',
    'us-isob-east-1': 'sc2s.sgov.gov',
    'us-isof-east-1': 'csp.hci.ic.gov',
    'us-isof-south-1': 'csp.hci.ic.gov',
  };

  test.each(REGISTRIES)('%s', (region, legacy, account, groups) => {
    const host = (registry: string) => `${registry}.dkr.ecr.${region}.${SUFFIX[region] ?? 'amazonaws.com'}`;
    expect(uri('inference', '2.13.0', region)).toBe(`${host(account)}/tensorflow-inference:2.13.0-cpu`);
    const others: [string, string | undefined, () => string, string][] = [
      ['first images', legacy, () => uri('inference', '1.12.0', region), 'sagemaker-tensorflow-serving:1.12.0-cpu'],
      ['Early', groups[0] === 'y' ? account : undefined, () => uri('training', '1.13.1', region, 'ml.g4dn.xlarge'), 'tensorflow-training:1.13.1-gpu-py3'],
      ['Broad', groups[1] === 'y' ? account : undefined, () => uri('inference', '2.12.1', region), 'tensorflow-inference:2.12.1-cpu'],
      ['Open', groups[3] === 'y' ? account : undefined, () => uri('inference', '2.16.1', region), 'tensorflow-inference:2.16.1-cpu'],
    ];
    for (const [, registry, image, name] of others) {
      if (registry !== undefined) {
        expect(image()).toBe(`${host(registry)}/${name}`);
      } else {
        expect(image).toThrow(`has no image in ${region}, got: `);
      }
    }
  });
});

describe('fails on', () => {
  test.each<[string, Job, string, string | undefined, string | undefined, string, string]>([
    [
      'a version without an image', 'inference', '2.15', undefined, undefined, 'us-east-1',
      `\`version\` has no known image that serves, got: "2.15"; use TensorFlow 2.16.1 or ${OWN}`,
    ],
    [
      'a version newer than this library', 'inference', '2.22.0', 'ml.g5.xlarge', undefined, 'us-east-1',
      `\`version\` has no known image that serves, got: "2.22.0"; use TensorFlow 2.20.0 or ${OWN}`,
    ],
    [
      'a patch that is not published', 'inference', '2.19.1', undefined, undefined, 'us-east-1',
      `\`version\` has no known image that serves, got: "2.19.1"; use TensorFlow 2.19.0 or ${OWN}`,
    ],
    [
      'a version that only serves', 'training', '2.20', 'ml.c5.xlarge', undefined, 'us-east-1',
      `\`version\` has no known image that trains, got: "2.20"; use TensorFlow 2.21.0 or ${OWN}`,
    ],
    [
      'a version that is older than the first image', 'training', '1.3.0', 'ml.c5.xlarge', undefined, 'us-east-1',
      `\`version\` has no known image that trains, got: "1.3.0"; use TensorFlow 1.4.1 or ${OWN}`,
    ],
    [
      'Graviton without an image', 'inference', '2.19.0', 'ml.c7g.2xlarge', undefined, 'us-east-1',
      `\`instanceType\` has no image of TensorFlow 2.19.0 for Graviton, got: "ml.c7g.2xlarge"; use TensorFlow 2.16.1 or ml.c7i.2xlarge or ${OWN}`,
    ],
    [
      'Graviton with a patch that is for x86 only', 'inference', '2.9.2', 'ml.m6g.large', undefined, 'us-east-1',
      `\`instanceType\` has no image of TensorFlow 2.9.2 for Graviton, got: "ml.m6g.large"; use TensorFlow 2.9.1 or ml.m7i.large or ${OWN}`,
    ],
    [
      'Graviton in a region without such images', 'inference', '2.14.1', 'ml.r8g.medium', undefined, 'us-isof-east-1',
      `\`version\` has no image for Graviton in us-isof-east-1, got: "2.14.1"; use ml.r7i.large or ${OWN}`,
    ],
    [
      'Graviton without an image where x86 has none either', 'inference', '2.19.0', 'ml.c7g.xlarge', undefined, 'us-isof-east-1',
      `\`instanceType\` has no image of TensorFlow 2.19.0 for Graviton, got: "ml.c7g.xlarge"; use TensorFlow 2.14.1 on ml.c7i.xlarge or ${OWN}`,
    ],
    [
      'training on Graviton', 'training', '2.14.1', 'ml.c7g.xlarge', undefined, 'us-east-1',
      '`instanceType` must be no Graviton instance: there is no image of TensorFlow that trains on one, got: "ml.c7g.xlarge"; '
      + `use ml.c7i.xlarge or ${OWN}`,
    ],
    [
      'Graviton with GPUs', 'inference', '2.16.1', 'ml.g5g.xlarge', undefined, 'us-east-1',
      '`instanceType` has no image of TensorFlow: there is none for an Arm processor with GPUs, got: "ml.g5g.xlarge"; '
      + `use ml.g5.xlarge or ${OWN}`,
    ],
    [
      'Grace', 'training', '2.19.0', 'ml.p6e-gb200.36xlarge', undefined, 'us-east-1',
      '`instanceType` has no image of TensorFlow: there is none for an Arm processor with GPUs, got: "ml.p6e-gb200.36xlarge"; '
      + `use ml.g5.xlarge or ${OWN}`,
    ],
    [
      'Inferentia', 'inference', '2.19.0', 'ml.inf2.xlarge', undefined, 'us-east-1',
      '`instanceType` has no image of TensorFlow: there is none for Inferentia, Trainium and Gaudi, got: "ml.inf2.xlarge"; '
      + `use ml.g5.xlarge or ml.c7i.xlarge or ${OWN}`,
    ],
    [
      'Trainium where the version has no image at all', 'training', '2.19.0', 'ml.trn1.2xlarge', undefined, 'us-iso-east-1',
      '`instanceType` has no image of TensorFlow: there is none for Inferentia, Trainium and Gaudi, got: "ml.trn1.2xlarge"; '
      + `use TensorFlow 2.14.1 on ml.g5.xlarge or TensorFlow 2.14.1 on ml.c7i.xlarge or ${OWN}`,
    ],
    [
      'P2 with a version that does without', 'training', '2.12', 'ml.p2.xlarge', undefined, 'us-east-1',
      '`instanceType` has no image of TensorFlow 2.12: there is none for P2 instances from 2.12.0 on, got: "ml.p2.xlarge"; '
      + `use TensorFlow 2.11.0 or ml.g4dn.xlarge or ${OWN}`,
    ],
    [
      'an accelerator without an image', 'inference', '2.19.0', 'ml.c5.xlarge', 'ml.eia2.medium', 'us-east-1',
      `\`acceleratorType\` has no image of TensorFlow 2.19.0, got: "ml.eia2.medium"; use TensorFlow 2.3.0 or no \`acceleratorType\` or ${OWN}`,
    ],
    [
      'an accelerator with 2.1, which is between those that have an image', 'inference', '2.1.0', 'ml.c5.xlarge', 'ml.eia1.large', 'us-east-1',
      `\`acceleratorType\` has no image of TensorFlow 2.1.0, got: "ml.eia1.large"; use TensorFlow 2.0.0 or no \`acceleratorType\` or ${OWN}`,
    ],
    [
      'an accelerator in a region without such images', 'inference', '2.3.0', 'ml.c5.xlarge', 'ml.eia2.medium', 'mx-central-1',
      `\`version\` has no image for Elastic Inference in mx-central-1, got: "2.3.0"; use no \`acceleratorType\` or ${OWN}`,
    ],
    [
      'an accelerator beside GPUs', 'inference', '2.3.0', 'ml.g4dn.xlarge', 'ml.eia2.medium', 'us-east-1',
      '`acceleratorType` must be on an instance with an x86 CPU and no GPU, got: "ml.eia2.medium on ml.g4dn.xlarge"; '
      + `use no \`acceleratorType\` or ${OWN}`,
    ],
    [
      'an accelerator beside Graviton', 'inference', '2.3.0', 'ml.c6g.xlarge', 'ml.eia2.medium', 'us-east-1',
      '`acceleratorType` must be on an instance with an x86 CPU and no GPU, got: "ml.eia2.medium on ml.c6g.xlarge"; '
      + `use TensorFlow 2.9.1 without \`acceleratorType\` or ml.c7i.xlarge without \`acceleratorType\` or ${OWN}`,
    ],
    [
      'a region without the version', 'inference', '2.19.0', 'ml.c5.xlarge', undefined, 'us-iso-east-1',
      `\`version\` has no image in us-iso-east-1, got: "2.19.0"; use TensorFlow 2.14.1 or ${OWN}`,
    ],
    [
      'a region with the versions on both sides of this one only', 'training', '2.12.0', 'ml.c5.xlarge', undefined, 'us-isob-east-1',
      `\`version\` has no image in us-isob-east-1, got: "2.12.0"; use TensorFlow 2.13.0 or ${OWN}`,
    ],
    [
      'a region without the first images', 'inference', '1.12', undefined, undefined, 'ap-southeast-5',
      `\`version\` has no image in ap-southeast-5, got: "1.12"; use TensorFlow 1.13.0 or ${OWN}`,
    ],
    [
      'a region that nobody knows', 'inference', '2.19.0', 'ml.c5.xlarge', undefined, 'xx-unknown-1',
      `\`version\` has no known image in xx-unknown-1, got: "2.19.0"; use ${OWN}, or register the account of the region's `
      + 'Deep Learning Containers with Fact.register and FactName.DLC_REPOSITORY_ACCOUNT of aws-cdk-lib/region-info',
    ],
  ])('%s', (_, job, version, instanceType, acceleratorType, region, message) => {
    const images = new VersionImages(job, TensorFlowVersion.of(version));
    const stack = stackIn(region);
    expect(() => images.key(stack, hardware(instanceType, acceleratorType))).toThrow(new Error(`[Stack] ${message}`));
    expect(() => images.bind(stack, hardware(instanceType, acceleratorType))).toThrow(new Error(`[Stack] ${message}`));
  });

  test('an instance type that is a token, on every version', () => {
    const images = new VersionImages('inference', TensorFlowVersion.V2_19);
    expect(() => images.key(stackIn(), { instanceType: InstanceType.of(Token.asString({ Ref: 'Type' })) })).toThrow(new Error(
      '[Stack] `instanceType` must be known at synthesis, because it decides between the images for CPU, GPU and Graviton; '
      + 'give a type that is no token, or an image of your own (TensorFlowImage.fromUri)'));
  });
});

describe('the key', () => {
  test.each([
    [undefined, undefined, 'cpu'],
    ['ml.c5.xlarge', undefined, 'cpu'],
    ['ml.g4dn.xlarge', undefined, 'gpu'],
    ['ml.p2.xlarge', undefined, 'gpu'],
    ['ml.c5.xlarge', 'ml.eia2.medium', 'eia'],
  ])('of %s with %s is %s', (instanceType, acceleratorType, key) => {
    expect(new VersionImages('inference', TensorFlowVersion.V2_3).key(stackIn(), hardware(instanceType, acceleratorType))).toBe(key);
  });

  test('of Graviton is graviton', () => {
    expect(new VersionImages('inference', TensorFlowVersion.V2_16).key(stackIn(), hardware('ml.c7g.xlarge'))).toBe('graviton');
  });
});

describe('in a stack without a region', () => {
  test('no region is held against a version', () => {
    const stack = stackIn();
    expect(stack.resolve(new VersionImages('inference', TensorFlowVersion.V2_19).bind(stack, hardware('ml.g5.xlarge')).imageUri)).toEqual({
      'Fn::Join': ['', [
        { 'Fn::FindInMap': ['TensorFlowOpenRegistries', { Ref: 'AWS::Region' }, 'account'] },
        '.dkr.ecr.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }, '/tensorflow-inference:2.19.0-gpu',
      ]],
    });
  });
});

describe('any version on any instances in any region', () => {
  const INSTANCE_TYPES = [
    undefined, 'ml.t2.medium', 'ml.m5.large', 'ml.c5.xlarge', 'ml.c7i.48xlarge', 'ml.r7i.large', 'ml.g4dn.xlarge', 'ml.g5.48xlarge', 'ml.g5g.2xlarge',
    'ml.p2.16xlarge', 'ml.p3.2xlarge', 'ml.p5.48xlarge', 'ml.p6-b200.48xlarge', 'ml.p6e-gb200.36xlarge', 'ml.inf1.6xlarge', 'ml.trn2.48xlarge',
    'ml.c6gn.16xlarge', 'ml.c8g.medium', 'ml.m8g.48xlarge', 'ml.r7gd.metal', 'ml.x2gd.large', 'ml.t4g.small',
  ];
  const VERSIONS = [...new Set([
    ...Object.values(SCOPES).flatMap(({ releases }) => releases.map(([version]) => version)),
    '1.0', '1.13', '1.15', '2.5', '2.9', '2.15', '2.16', '2.17.1', '2.19', '2.20', '2.21', '2.22', '3.0.0',
  ])];
  const URI = /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.(amazonaws\.com|amazonaws\.com\.cn|c2s\.ic\.gov|sc2s\.sgov\.gov|csp\.hci\.ic\.gov)\/[a-z-]+:\d+\.\d+(\.\d+)?-(cpu|gpu)(-py\d+)?(-ubuntu20\.04-sagemaker)?$/;
  const WAY = /^(?:TensorFlow (?<version>\S+))?(?: ?(?:on )?(?<instanceType>ml\.\S+))?(?<without> ?(?:no|without) `acceleratorType`)?$/;

  interface Case {
    readonly job: Job;
    readonly version: string;
    readonly region: string;
    readonly instanceType?: string;
    readonly acceleratorType?: string;
  }

  /** What the remedy of an error says that works. */
  function waysOut(given: Case, message: string): Case[] {
    const ways = /; use (?<ways>.*)$/.exec(message)!.groups!.ways.split(' or ');
    expect(ways.pop()).toBe(OWN);
    expect(ways.length).toBeGreaterThan(0);
    return ways.map((way) => {
      const { version, instanceType, without } = WAY.exec(way)!.groups!;
      return {
        ...given,
        version: version ?? given.version,
        instanceType: instanceType ?? given.instanceType,
        acceleratorType: without === undefined ? given.acceleratorType : undefined,
      };
    });
  }

  function image({ job, version, region, instanceType, acceleratorType }: Case): string {
    return uri(job, version, region, instanceType, acceleratorType);
  }

  test('gives an image, or an error that names something that does', () => {
    fc.assert(fc.property(fc.record({
      job: fc.constantFrom<Job>('training', 'inference'),
      version: fc.constantFrom(...VERSIONS),
      region: fc.constantFrom(...REGISTRIES.map(([region]) => region)),
      instanceType: fc.constantFrom(...INSTANCE_TYPES),
      acceleratorType: fc.option(fc.constantFrom('ml.eia1.medium', 'ml.eia2.xlarge'), { nil: undefined, freq: 5 }),
    }).map((all) => all.job === 'training' ? { ...all, acceleratorType: undefined } : all), (given) => {
      let found: string;
      try {
        found = image(given);
      } catch (error) {
        expect((error as Error).message).toMatch(/^\[Stack\] `(instanceType|acceleratorType|version)` /);
        for (const way of waysOut(given, (error as Error).message)) {
          expect(image(way)).toMatch(URI);
        }
        return;
      }
      expect(found).toMatch(URI);
    }), { numRuns: 500 });
  });

  test('never gives Arm an image for x86, nor anything else one for Arm', () => {
    for (const region of [undefined, 'us-isof-east-1']) {
      for (const version of VERSIONS) {
        for (const instanceType of INSTANCE_TYPES) {
          const found = findContainer({ job: 'inference', version: TensorFlowVersion.of(version), hardware: hardware(instanceType), region });
          const isArm = /^ml\.([a-z]+\d+g|p6e-gb)/.test(instanceType ?? '');
          expect(isViolation(found) || found.repository.endsWith('-graviton') === isArm).toBe(true);
        }
      }
    }
  });
});
