export { InstanceType } from './images/instance-type';
