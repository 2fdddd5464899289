import { SCOPES } from '../images/image-facts';
import type { InstanceType } from '../images/instance-type';
import { TensorFlowImage } from '../images/tensorflow-image';
import type { TensorFlowVersion } from '../images/tensorflow-version';
import { compareVersions } from '../images/version-numbers';
import type { Violation } from '../private/errors';

/** The first release whose image runs a script of one's own. */
const FIRST_WITH_SCRIPTS = '1.11.0';

/** What tags of old images end with for p4d and for the data parallel library; later images need no others for these. */
const TAG_ENDINGS: { readonly [tagVersion: string]: string } = {
  '1.15': '-cu110-ubuntu18.04-v8',
  '1.15.4': '-cu110-ubuntu18.04',
  '1.15.5': '-cu110-ubuntu18.04',
  '2.3': '-cu110-ubuntu18.04-v3',
  '2.3.1': '-cu110-ubuntu18.04',
  '2.3.2': '-cu110-ubuntu18.04',
};

/** What the image of a job comes from. */
export interface ImageOptions {
  readonly version?: TensorFlowVersion;
  readonly image?: TensorFlowImage;
}

/** The image of a job, or the images that the hardware decides between. */
export function imageOf({ version, image }: ImageOptions): TensorFlowImage {
  return image ?? TensorFlowImage._forTraining(version!);
}

/** Finds fault with a job that has no image, or two, or one that runs no script. */
export function checkTrainingImage({ version, image }: ImageOptions): Violation[] {
  if ((version === undefined) === (image === undefined)) {
    return [version === undefined
      ? { property: 'version', rule: 'or `image` is required', remedy: 'give the release to train with, such as TensorFlowVersion.V2_19' }
      : { property: 'version', rule: 'and `image` exclude each other', got: version.toString(), remedy: 'give one of them' }];
  }
  return version?.trainingVersion !== undefined && compareVersions(version.trainingVersion, FIRST_WITH_SCRIPTS) < 0 ? [{
    property: 'version',
    rule: `must be ${FIRST_WITH_SCRIPTS} or later: older images do not run scripts`,
    got: version.toString(),
    remedy: 'use a later version',
  }] : [];
}

/** What the tag of the image has at its end beyond what it has for all hardware. */
export function tagEndingOf({ version }: ImageOptions, instanceType: InstanceType | undefined, isDataParallel: boolean): string {
  const tagVersion = version?._imageIn(SCOPES.training)?.tagVersion;
  return tagVersion !== undefined && (isDataParallel || instanceType?._family === 'p4d') ? TAG_ENDINGS[tagVersion] ?? '' : '';
}
