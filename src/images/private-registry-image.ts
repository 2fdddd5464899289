import * as iam from 'aws-cdk-lib/aws-iam';
import { Token } from 'aws-cdk-lib/core';
import type { BoundImage, ImageKey, ImageSource } from './image-source';
import type { PrivateRegistryOptions } from './tensorflow-image';
import { requireText } from '../private/checks';
import { throwIfAny, type Violation } from '../private/errors';

/** Asks the function for the name and the password that the registry wants. */
const GET_CREDENTIALS = ['lambda:InvokeFunction'];

/** The longest address that SageMaker takes. */
const LONGEST_ADDRESS = 255;

const HOST = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*';
const NAME = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';

/** Without a dot or a port, the first part would be a name on Docker Hub and no host. */
const ADDRESS = new RegExp(
  `^(?=[^/]*[.:])${HOST}(?::\\d+)?/${NAME}(?:/${NAME})*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}|@sha256:[0-9a-f]{64})?$`,
);

const ECR_HOST = /^\d{12}\.dkr[.-]ecr/;

/** An image in a registry that is not Amazon ECR, which the VPC of the model can reach. */
export class PrivateRegistryImage implements ImageSource {
  public readonly isPrivate = true;

  constructor(private readonly imageUri: string, private readonly options: PrivateRegistryOptions) {
    const place = 'TensorFlowImage.fromPrivateRegistry';
    requireText(place, 'imageUri', imageUri);
    throwIfAny(place, checkAddress(imageUri));
  }

  public key(): ImageKey {
    return 'own';
  }

  public bind(): BoundImage {
    const { credentialsProvider } = this.options;
    return {
      imageUri: this.imageUri,
      privateRegistry: { credentialsProviderArn: credentialsProvider?.functionArn },
      grantPull: (grantee) => {
        if (credentialsProvider !== undefined) {
          // not by grantInvoke, which takes principals with the same name, such as those that gather rights, for one
          iam.Grant.addToPrincipal({ grantee, actions: GET_CREDENTIALS, resourceArns: [credentialsProvider.functionArn] });
        }
      },
    };
  }
}

function checkAddress(imageUri: string): Violation[] {
  if (Token.isUnresolved(imageUri)) {
    return [];
  }
  if (ECR_HOST.test(imageUri)) {
    return [{ property: 'imageUri', got: imageUri, rule: 'must be in no registry of Amazon ECR', remedy: 'give it to TensorFlowImage.fromUri' }];
  }
  if (!ADDRESS.test(imageUri)) {
    return [{
      property: 'imageUri',
      got: imageUri,
      rule: 'must be the address of an image with the host of its registry, such as registry.example.com/team/name:tag or .../name@sha256:digest',
      remedy: imageUri.includes('://') ? 'leave out the scheme' : undefined,
    }];
  }
  return imageUri.length <= LONGEST_ADDRESS ? [] : [{
    property: 'imageUri', got: imageUri.length, rule: `must be at most ${LONGEST_ADDRESS} characters long`, remedy: 'use a shorter name or tag',
  }];
}
