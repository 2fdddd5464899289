/*
 * What AWS publishes about instances: which SageMaker hosts on, and what they have.
 * Everything that changes when AWS brings out a family is in this file and in image-facts.ts.
 */

/**
 * The instance families that SageMaker hosts models on.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html
 */
export const HOSTING_FAMILIES: readonly string[] = [
  'c4', 'c5', 'c5d', 'c6g', 'c6gd', 'c6gn', 'c6i', 'c6in', 'c7g', 'c7i', 'c8g', 'dl1', 'g4dn', 'g5', 'g6', 'g6e', 'g7', 'g7e', 'inf1', 'inf2',
  'm4', 'm5', 'm5d', 'm6g', 'm6gd', 'm6i', 'm7i', 'm8g', 'p2', 'p3', 'p4d', 'p4de', 'p5', 'p5e', 'p5en', 'p6-b200', 'p6-b300', 'p6e-gb200',
  'r5', 'r5d', 'r6g', 'r6gd', 'r6i', 'r7gd', 'r7i', 'r8g', 't2', 'trn1', 'trn1n', 'trn2',
];

/**
 * Instance families with NVMe storage of their own whose names don't say so; the others have a `d` after the
 * generation, such as `c6gd`, `g4dn` and `p4de`.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/InstanceStorage.html
 */
export const INSTANCE_STORE_FAMILIES: readonly string[] = [
  'dl1', 'g5', 'g6', 'g6e', 'g6f', 'g7', 'g7e', 'gr6', 'gr6f', 'p5', 'p5e', 'p5en', 'p6-b200', 'p6-b300', 'p6e-gb200', 'trn1', 'trn1n', 'trn2',
];

/**
 * Instance families that save up processor time while they are idle.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances.html
 */
export const BURSTABLE_FAMILIES = /^t\d/;

/** Instance families whose sizes say nothing about their processors. */
export const IRREGULAR_FAMILIES = /^(?:c1|m2|hpc\d.*)$/;

/** The vCPUs of instances that have not as many as their size says. */
export const IRREGULAR_CPU_COUNTS: { readonly [type: string]: number } = { 'c4.8xlarge': 36, 'd2.8xlarge': 36 };

/**
 * How many GPUs an instance has, by its family and size.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/instancetypes/ac.html
 */
export const GPU_COUNTS: { readonly [family: string]: { readonly [size: string]: number } } = {
  'g4dn': { 'xlarge': 1, '2xlarge': 1, '4xlarge': 1, '8xlarge': 1, '12xlarge': 4, '16xlarge': 1 },
  'g5': { 'xlarge': 1, '2xlarge': 1, '4xlarge': 1, '8xlarge': 1, '12xlarge': 4, '16xlarge': 1, '24xlarge': 4, '48xlarge': 8 },
  'g6': { 'xlarge': 1, '2xlarge': 1, '4xlarge': 1, '8xlarge': 1, '12xlarge': 4, '16xlarge': 1, '24xlarge': 4, '48xlarge': 8 },
  'g6e': { 'xlarge': 1, '2xlarge': 1, '4xlarge': 1, '8xlarge': 1, '12xlarge': 4, '16xlarge': 1, '24xlarge': 4, '48xlarge': 8 },
  'g7': { '2xlarge': 1, '4xlarge': 1, '8xlarge': 1, '12xlarge': 2, '24xlarge': 4, '48xlarge': 8 },
  'g7e': { '2xlarge': 1, '4xlarge': 1, '8xlarge': 1, '12xlarge': 2, '24xlarge': 4, '48xlarge': 8 },
  'gr6': { '4xlarge': 1, '8xlarge': 1 },
  'p2': { 'xlarge': 1, '8xlarge': 8, '16xlarge': 16 },
  'p3': { '2xlarge': 1, '8xlarge': 4, '16xlarge': 8 },
  'p3dn': { '24xlarge': 8 },
  'p4d': { '24xlarge': 8 },
  'p4de': { '24xlarge': 8 },
  'p5': { '4xlarge': 1, '48xlarge': 8 },
  'p5e': { '48xlarge': 8 },
  'p5en': { '48xlarge': 8 },
  'p6-b200': { '48xlarge': 8 },
  'p6-b300': { '48xlarge': 8 },
  'p6e-gb200': { '36xlarge': 4 },
};
