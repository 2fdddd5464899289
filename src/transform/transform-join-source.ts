/** What the answers of a job are joined with. */
export enum JoinSource {
  /** Nothing. */
  NONE = 'None',
  /** The records that they answer. */
  INPUT = 'Input',
}
