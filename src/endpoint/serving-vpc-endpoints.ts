import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { ITensorFlowServingEndpoint } from './endpoint-base';
import { INVOKE, INVOKE_ASYNC } from './endpoint-permissions';
import { throwIfAny } from '../private/errors';

/** Which doors a VPC gets. */
export interface ServingVpcEndpointsProps {
  /** The VPC that has no other way to AWS. */
  readonly vpc: ec2.IVpc;

  /**
   * The subnets that can use them.
   *
   * @default - the isolated subnets of the VPC; where it has none, the private ones
   */
  readonly subnets?: ec2.SubnetSelection;

  /**
   * The services with a network interface in each subnet, which is billed by the hour.
   *
   * Callers in the VPC need SageMaker's runtime. Images are pulled through ECR's two and S3, and containers write their
   * logs through the last one, where SageMaker does these things from inside the VPC.
   *
   * @default - SageMaker Runtime, ECR, ECR Docker, CloudWatch Logs
   */
  readonly interfaceServices?: ec2.InterfaceVpcEndpointAwsService[];

  /**
   * Whether S3 gets a gateway, which costs nothing. Models in the VPC are read through it.
   *
   * @default true
   */
  readonly s3Gateway?: boolean;

  /**
   * The endpoints that can be invoked through SageMaker's runtime. A VPC whose callers send data nowhere else keeps it in.
   *
   * @default - all that the caller may invoke, in any account
   */
  readonly endpoints?: ITensorFlowServingEndpoint[];

  /**
   * Whether everything in the VPC can connect to the interfaces. If not, let callers in through `connections`.
   *
   * @default true
   */
  readonly open?: boolean;
}

/**
 * VPC endpoints for models and their callers in a VPC that has no way out, neither a NAT gateway nor an internet gateway.
 *
 * One set is enough for a VPC: a second one with private DNS names is refused.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/host-vpc.html
 */
export class ServingVpcEndpoints extends Construct implements ec2.IConnectable {
  /** The security group of the interfaces, with port 443 as the default. */
  public readonly connections: ec2.Connections;

  constructor(scope: Construct, id: string, props: ServingVpcEndpointsProps) {
    super(scope, id);

    const services = props.interfaceServices ?? defaultServices();
    const runtime = ec2.InterfaceVpcEndpointAwsService.SAGEMAKER_RUNTIME;
    const names = services.map(({ shortName }) => shortName);
    throwIfAny(this, [
      ...(new Set(names).size !== names.length ? [{ property: 'interfaceServices', rule: 'must name each service once', got: names }] : []),
      ...(props.endpoints !== undefined && !names.includes(runtime.shortName) ? [{
        property: 'endpoints', rule: 'needs SageMaker Runtime among the services', got: names, remedy: 'add InterfaceVpcEndpointAwsService.SAGEMAKER_RUNTIME',
      }] : []),
      ...(props.endpoints?.length === 0 ? [{ property: 'endpoints', rule: 'must not be empty', remedy: 'leave it out for all' }] : []),
    ]);

    const subnets = props.subnets ?? closedSubnets(props.vpc);
    if (props.s3Gateway !== false) {
      new ec2.GatewayVpcEndpoint(this, 'S3', { vpc: props.vpc, service: ec2.GatewayVpcEndpointAwsService.S3, subnets: [subnets] });
    }
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', { vpc: props.vpc, allowAllOutbound: false });
    this.connections = new ec2.Connections({ securityGroups: [securityGroup], defaultPort: ec2.Port.HTTPS });
    if (props.open !== false) {
      this.connections.allowDefaultPortFrom(ec2.Peer.ipv4(props.vpc.vpcCidrBlock));
    }
    for (const service of services) {
      const endpoint = new ec2.InterfaceVpcEndpoint(this, idOf(service), {
        vpc: props.vpc, service, subnets, securityGroups: [securityGroup], open: false,
      });
      if (service.shortName === runtime.shortName && props.endpoints !== undefined) {
        endpoint.addToPolicy(new iam.PolicyStatement({
          principals: [new iam.AnyPrincipal()],
          actions: [...INVOKE, ...INVOKE_ASYNC],
          resources: props.endpoints.map(({ endpointArn }) => endpointArn),
        }));
      }
    }
  }
}

function defaultServices(): ec2.InterfaceVpcEndpointAwsService[] {
  const service = ec2.InterfaceVpcEndpointAwsService;
  return [service.SAGEMAKER_RUNTIME, service.ECR, service.ECR_DOCKER, service.CLOUDWATCH_LOGS];
}

function closedSubnets(vpc: ec2.IVpc): ec2.SubnetSelection {
  return { subnetType: vpc.isolatedSubnets.length > 0 ? ec2.SubnetType.PRIVATE_ISOLATED : ec2.SubnetType.PRIVATE_WITH_EGRESS };
}

/** `ecr.dkr` is EcrDkr. */
function idOf({ shortName }: ec2.InterfaceVpcEndpointAwsService): string {
  return shortName.split(/[.-]/).map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
