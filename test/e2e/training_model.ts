/* Prints the properties of the SageMaker model that serves an archive. */
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { TensorFlowVersion } from '../../src/images/tensorflow-version';
import { ModelArtifact } from '../../src/model/model-artifact';
import { ModelFromArtifact } from '../../src/model/model-from-artifact';

const stack = new Stack(new App(), 'Stack', { env: { account: '123456789012', region: 'us-east-1' } });
new ModelFromArtifact(stack, 'Model', { artifact: ModelArtifact.fromArchive(process.argv[2]), version: TensorFlowVersion.V2_19 });
const [model] = Object.values(Template.fromStack(stack).findResources('AWS::SageMaker::Model'));

process.stdout.write(JSON.stringify(model.Properties));
