import * as path from 'node:path';
import { App, CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { InstanceType, ModelArtifact, ModelFromArtifact, TensorFlowServingEndpoint, TensorFlowVersion } from 'cdk-tensorflow-serving';

interface ServeSavedModelProps extends StackProps {
  /** The directory of the SavedModel: one version, or a tree of versions. */
  readonly savedModel: string;
}

/** A SavedModel on disk, served by one small instance. */
class ServeSavedModel extends Stack {
  constructor(scope: Construct, id: string, props: ServeSavedModelProps) {
    super(scope, id, props);

    const model = new ModelFromArtifact(this, 'Model', {
      artifact: ModelArtifact.fromSavedModel(props.savedModel),
      version: TensorFlowVersion.V2_19,
    });
    const endpoint = new TensorFlowServingEndpoint(this, 'Endpoint', {
      model,
      instanceType: InstanceType.of('ml.c5.large'),
    });

    new CfnOutput(this, 'EndpointName', { value: endpoint.endpointName });
  }
}

const app = new App();
const savedModel = app.node.tryGetContext('model') ?? path.join(__dirname, '..', 'models', 'half_plus_three');

// into one account and region, whose image is looked up when the app is synthesized
new ServeSavedModel(app, 'ServeSavedModel', { savedModel, env: { account: '123456789012', region: 'us-east-1' } });
// into any, whose image is looked up when the stack is deployed
new ServeSavedModel(app, 'ServeSavedModelAnywhere', { savedModel });
