/** The registries as AWS documents them: region, account of the first images, account of the later ones, which groups of these it has. */
export const REGISTRIES: readonly (readonly [string, string | undefined, string, string])[] = [
  ['af-south-1', '313743910680', '626614931356', 'yyyy'],
  ['ap-east-1', '057415533634', '871362719292', 'yyyy'],
  ['ap-east-2', undefined, '975050140332', 'nyyy'],
  ['ap-northeast-1', '520713654638', '763104351884', 'yyyy'],
  ['ap-northeast-2', '520713654638', '763104351884', 'yyyy'],
  ['ap-northeast-3', undefined, '364406365360', 'yyyy'],
  ['ap-south-1', '520713654638', '763104351884', 'yyyy'],
  ['ap-south-2', undefined, '772153158452', 'yyyy'],
  ['ap-southeast-1', '520713654638', '763104351884', 'yyyy'],
  ['ap-southeast-2', '520713654638', '763104351884', 'yyyy'],
  ['ap-southeast-3', undefined, '907027046896', 'yyyy'],
  ['ap-southeast-4', undefined, '457447274322', 'yyyy'],
  ['ap-southeast-5', undefined, '550225433462', 'nyyy'],
  ['ap-southeast-6', undefined, '633930458069', 'nyyy'],
  ['ap-southeast-7', undefined, '590183813437', 'nyyy'],
  ['ca-central-1', '520713654638', '763104351884', 'yyyy'],
  ['ca-west-1', undefined, '204538143572', 'yyyy'],
  ['cn-north-1', '422961961927', '727897471807', 'yyyy'],
  ['cn-northwest-1', '423003514399', '727897471807', 'yyyy'],
  ['eu-central-1', '520713654638', '763104351884', 'yyyy'],
  ['eu-central-2', undefined, '380420809688', 'yyyy'],
  ['eu-north-1', '520713654638', '763104351884', 'yyyy'],
  ['eu-south-1', '048378556238', '692866216735', 'yyyy'],
  ['eu-south-2', undefined, '503227376785', 'yyyy'],
  ['eu-west-1', '520713654638', '763104351884', 'yyyy'],
  ['eu-west-2', '520713654638', '763104351884', 'yyyy'],
  ['eu-west-3', '520713654638', '763104351884', 'yyyy'],
  ['il-central-1', undefined, '780543022126', 'yyyy'],
  ['me-central-1', undefined, '914824155844', 'yyyy'],
  ['me-south-1', '724002660598', '217643126080', 'yyyy'],
  ['mx-central-1', undefined, '637423239942', 'nyyy'],
  ['sa-east-1', '520713654638', '763104351884', 'yyyy'],
  ['us-east-1', '520713654638', '763104351884', 'yyyy'],
  ['us-east-2', '520713654638', '763104351884', 'yyyy'],
  ['us-gov-east-1', undefined, '446045086412', 'yyyy'],
  ['us-gov-west-1', '246785580436', '442386744353', 'yyyy'],
  ['us-iso-east-1', '744548109606', '886529160074', 'yyyn'],
  ['us-isob-east-1', '453391408702', '094389454867', 'yyyn'],
  ['us-isof-east-1', undefined, '303241398832', 'nnyn'],
  ['us-isof-south-1', undefined, '454834333376', 'nnyn'],
  ['us-west-1', '520713654638', '763104351884', 'yyyy'],
  ['us-west-2', '520713654638', '763104351884', 'yyyy'],
];

/** What the groups of the last column of `REGISTRIES` are called, in their order. */
export const GROUPS = ['Early', 'Broad', 'All', 'Open'] as const;

export function suffixOf(region: string): string {
  const [, suffix] = [
    [/^cn-/, 'amazonaws.com.cn'], [/^us-iso-/, 'c2s.ic.gov'], [/^us-isob-/, 'sc2s.sgov.gov'], [/^us-isof-/, 'csp.hci.ic.gov'], [/^/, 'amazonaws.com'],
  ].find(([start]) => (start as RegExp).test(region)) as [RegExp, string];
  return suffix;
}
