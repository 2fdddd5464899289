/*
 * What AWS publishes: the images of TensorFlow for SageMaker, and the registries that hold them.
 * Everything that changes when AWS releases an image or opens a region is in this file.
 */

/** The kinds of images. */
export type ImageScope = 'training' | 'inference' | 'graviton' | 'elasticInference';

/**
 * Images that are in the same regions: `Legacy` those of the registries before the Deep Learning Containers, `Broad`
 * most of these containers, `Open` the newest ones, which are in no isolated region.
 */
export type RegionGroup = 'Legacy' | 'Early' | 'Broad' | 'All' | 'Open';

/** Where the images are, from one release up to the next series. */
export interface Series {
  readonly from: string;
  readonly repository: string;
  readonly regions: RegionGroup;
}

/** A full version, followed by the Python versions that its tags name, the newest last. */
export type Release = readonly [version: string, ...pythonVersions: string[]];

/** The images of one kind, oldest first. */
export interface ScopeFacts {
  readonly series: readonly Series[];
  readonly releases: readonly Release[];
  /** What the tags end with. */
  readonly tagEnding?: string;
}

/** @see https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/sagemaker-algo-docker-registry-paths.html */
export const SCOPES: { readonly [scope in ImageScope]: ScopeFacts } = {
  training: {
    series: [
      { from: '1.4.1', repository: 'sagemaker-tensorflow', regions: 'Legacy' },
      { from: '1.11.0', repository: 'sagemaker-tensorflow-scriptmode', regions: 'Legacy' },
      { from: '1.13.1', repository: 'tensorflow-training', regions: 'Early' },
      { from: '1.14.0', repository: 'tensorflow-training', regions: 'Broad' },
      { from: '2.12.0', repository: 'tensorflow-training', regions: 'Open' },
      { from: '2.13.0', repository: 'tensorflow-training', regions: 'All' },
      { from: '2.16.2', repository: 'tensorflow-training', regions: 'Open' },
    ],
    releases: [
      ['1.4.1', 'py2'], ['1.5.0', 'py2'], ['1.6.0', 'py2'], ['1.7.0', 'py2'], ['1.8.0', 'py2'], ['1.9.0', 'py2'], ['1.10.0', 'py2'],
      ['1.11.0', 'py2', 'py3'], ['1.12.0', 'py2', 'py3'],
      // the py2 tag of 1.13.1 is in the repository before this one
      ['1.13.1', 'py3'], ['1.14.0', 'py2', 'py3'],
      ['1.15.0', 'py2', 'py3'], ['1.15.2', 'py2', 'py3', 'py37'], ['1.15.3', 'py2', 'py3', 'py37'],
      ['1.15.4', 'py3', 'py36', 'py37'], ['1.15.5', 'py3', 'py36', 'py37'],
      ['2.0.0', 'py2', 'py3'], ['2.0.1', 'py2', 'py3'], ['2.0.2', 'py2', 'py3'], ['2.0.3', 'py3', 'py36'], ['2.0.4', 'py3', 'py36'],
      ['2.1.0', 'py2', 'py3'], ['2.1.1', 'py2', 'py3'], ['2.1.2', 'py3', 'py36'], ['2.1.3', 'py3', 'py36'],
      ['2.2.0', 'py37'], ['2.2.1', 'py37'], ['2.2.2', 'py37'],
      ['2.3.0', 'py37'], ['2.3.1', 'py37'], ['2.3.2', 'py37'],
      ['2.4.1', 'py37'], ['2.4.3', 'py37'],
      ['2.5.0', 'py37'], ['2.5.1', 'py37'],
      ['2.6.0', 'py38'], ['2.6.2', 'py38'], ['2.6.3', 'py38'],
      ['2.7.1', 'py38'], ['2.8.0', 'py39'], ['2.9.2', 'py39'], ['2.10.1', 'py39'], ['2.11.0', 'py39'],
      ['2.12.0', 'py310'], ['2.13.0', 'py310'], ['2.14.1', 'py310'], ['2.16.2', 'py310'], ['2.18.0', 'py310'],
      ['2.19.0', 'py312'], ['2.21.0', 'py312'],
    ],
  },
  inference: {
    series: [
      { from: '1.4.1', repository: 'sagemaker-tensorflow', regions: 'Legacy' },
      { from: '1.11.0', repository: 'sagemaker-tensorflow-serving', regions: 'Legacy' },
      { from: '1.13.0', repository: 'tensorflow-inference', regions: 'Broad' },
      { from: '2.13.0', repository: 'tensorflow-inference', regions: 'All' },
      { from: '2.16.1', repository: 'tensorflow-inference', regions: 'Open' },
    ],
    releases: [
      ['1.4.1', 'py2'], ['1.5.0', 'py2'], ['1.6.0', 'py2'], ['1.7.0', 'py2'], ['1.8.0', 'py2'], ['1.9.0', 'py2'], ['1.10.0', 'py2'],
      ['1.11.0'], ['1.12.0'], ['1.13.0'], ['1.14.0'],
      ['1.15.0'], ['1.15.2'], ['1.15.3'], ['1.15.4'], ['1.15.5'],
      ['2.0.0'], ['2.0.1'], ['2.0.2'], ['2.0.3'], ['2.0.4'],
      ['2.1.0'], ['2.1.1'], ['2.1.2'], ['2.1.3'],
      ['2.2.0'], ['2.2.1'], ['2.2.2'],
      ['2.3.0'], ['2.3.1'], ['2.3.2'],
      ['2.4.1'], ['2.4.3'], ['2.5.1'], ['2.6.0'], ['2.6.3'], ['2.7.0'],
      ['2.8.0'], ['2.8.4'], ['2.9.2'], ['2.9.3'], ['2.10.0'], ['2.10.1'], ['2.11.0'], ['2.11.1'],
      ['2.12.1'], ['2.13.0'], ['2.14.1'], ['2.16.1'], ['2.18.0'], ['2.19.0'],
      // from here on no tag without a Python version is published
      ['2.20.0', 'py312'],
    ],
  },
  graviton: {
    series: [
      { from: '2.9.1', repository: 'tensorflow-inference-graviton', regions: 'Broad' },
      { from: '2.16.1', repository: 'tensorflow-inference-graviton', regions: 'Open' },
    ],
    releases: [['2.9.1', 'py38'], ['2.12.1', 'py310'], ['2.13.0', 'py310'], ['2.14.1', 'py310'], ['2.16.1', 'py310']],
    tagEnding: 'ubuntu20.04-sagemaker',
  },
  elasticInference: {
    series: [
      { from: '1.10.0', repository: 'sagemaker-tensorflow-eia', regions: 'Legacy' },
      { from: '1.11.0', repository: 'sagemaker-tensorflow-serving-eia', regions: 'Legacy' },
      { from: '1.14.0', repository: 'tensorflow-inference-eia', regions: 'Early' },
    ],
    releases: [['1.10.0', 'py2'], ['1.11.0'], ['1.12.0'], ['1.13.0'], ['1.14.0'], ['1.15.0'], ['2.0.0'], ['2.3.0']],
  },
};

/** What serves the models of a release that only trains. */
export const TRAINING_TO_SERVING: { readonly [version: string]: string } = {
  '1.13.1': '1.13.0',
  '2.5.0': '2.5.1',
  '2.6.2': '2.6.3',
  '2.7.1': '2.7.0',
  '2.12.0': '2.12.1',
  '2.16.2': '2.16.1',
  '2.21': '2.20',
  '2.21.0': '2.20.0',
};

/** The release from which on no image runs on P2 instances. */
export const FIRST_WITHOUT_P2 = '2.12.0';

/** The registries of one region. */
export interface RegionFacts {
  /** The account of the Deep Learning Containers. */
  readonly account: string;
  /** The account of the `Legacy` images. */
  readonly legacyAccount?: string;
  /** The groups of Deep Learning Containers that this region does not have. */
  readonly lacks?: readonly RegionGroup[];
}

/** @see https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/sagemaker-algo-docker-registry-paths.html */
export const REGIONS: { readonly [region: string]: RegionFacts } = {
  'af-south-1': { account: '626614931356', legacyAccount: '313743910680' },
  'ap-east-1': { account: '871362719292', legacyAccount: '057415533634' },
  'ap-east-2': { account: '975050140332', lacks: ['Early'] },
  'ap-northeast-1': { account: '763104351884', legacyAccount: '520713654638' },
  'ap-northeast-2': { account: '763104351884', legacyAccount: '520713654638' },
  'ap-northeast-3': { account: '364406365360' },
  'ap-south-1': { account: '763104351884', legacyAccount: '520713654638' },
  'ap-south-2': { account: '772153158452' },
  'ap-southeast-1': { account: '763104351884', legacyAccount: '520713654638' },
  'ap-southeast-2': { account: '763104351884', legacyAccount: '520713654638' },
  'ap-southeast-3': { account: '907027046896' },
  'ap-southeast-4': { account: '457447274322' },
  'ap-southeast-5': { account: '550225433462', lacks: ['Early'] },
  'ap-southeast-6': { account: '633930458069', lacks: ['Early'] },
  'ap-southeast-7': { account: '590183813437', lacks: ['Early'] },
  'ca-central-1': { account: '763104351884', legacyAccount: '520713654638' },
  'ca-west-1': { account: '204538143572' },
  'cn-north-1': { account: '727897471807', legacyAccount: '422961961927' },
  'cn-northwest-1': { account: '727897471807', legacyAccount: '423003514399' },
  'eu-central-1': { account: '763104351884', legacyAccount: '520713654638' },
  'eu-central-2': { account: '380420809688' },
  'eu-north-1': { account: '763104351884', legacyAccount: '520713654638' },
  'eu-south-1': { account: '692866216735', legacyAccount: '048378556238' },
  'eu-south-2': { account: '503227376785' },
  'eu-west-1': { account: '763104351884', legacyAccount: '520713654638' },
  'eu-west-2': { account: '763104351884', legacyAccount: '520713654638' },
  'eu-west-3': { account: '763104351884', legacyAccount: '520713654638' },
  'il-central-1': { account: '780543022126' },
  'me-central-1': { account: '914824155844' },
  'me-south-1': { account: '217643126080', legacyAccount: '724002660598' },
  'mx-central-1': { account: '637423239942', lacks: ['Early'] },
  'sa-east-1': { account: '763104351884', legacyAccount: '520713654638' },
  'us-east-1': { account: '763104351884', legacyAccount: '520713654638' },
  'us-east-2': { account: '763104351884', legacyAccount: '520713654638' },
  'us-gov-east-1': { account: '446045086412' },
  'us-gov-west-1': { account: '442386744353', legacyAccount: '246785580436' },
  'us-iso-east-1': { account: '886529160074', legacyAccount: '744548109606', lacks: ['Open'] },
  'us-isob-east-1': { account: '094389454867', legacyAccount: '453391408702', lacks: ['Open'] },
  'us-isof-east-1': { account: '303241398832', lacks: ['Early', 'Broad', 'Open'] },
  'us-isof-south-1': { account: '454834333376', lacks: ['Early', 'Broad', 'Open'] },
  'us-west-1': { account: '763104351884', legacyAccount: '520713654638' },
  'us-west-2': { account: '763104351884', legacyAccount: '520713654638' },
};

/** What AWS has not published for the regions that it opened last, and so for those that are not listed above. */
export const LACKING_IN_NEW_REGIONS: readonly RegionGroup[] = ['Legacy', 'Early'];

/** The DNS suffix of the partitions whose regions start like this; that of all others is `amazonaws.com`. */
export const DNS_SUFFIXES: { readonly [regionPrefix: string]: string } = {
  'cn-': 'amazonaws.com.cn',
  'us-iso-': 'c2s.ic.gov',
  'us-isob-': 'sc2s.sgov.gov',
  'us-isof-': 'csp.hci.ic.gov',
};

/**
 * Instance families with an Arm processor: Graviton has a `g` after its generation, such as `c7gd`, `m8g` and `g5g`;
 * Grace Blackwell has its name in it, such as `p6e-gb200`.
 */
export const ARM_FAMILIES = /^(?:a1|[a-z]+\d+g[a-z]*|p\d+[a-z]*-gb\d+)$/;

/** Instance families with GPUs. */
export const GPU_FAMILIES = /^[gp]/;

/** Instance families with Inferentia, Trainium or Gaudi, for which there are no images of TensorFlow. */
export const OTHER_ACCELERATOR_FAMILIES = /^(?:inf|trn|dl)\d/;

/** The x86 families nearest to the Graviton families that start with this letter; `m7i` is that of all others. */
export const X86_INSTEAD_OF_GRAVITON: { readonly [firstLetter: string]: string } = { c: 'c7i', r: 'r7i', x: 'r7i' };
