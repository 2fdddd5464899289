/** Whether a version of a model in a registry may be deployed. */
export enum ModelApprovalStatus {
  /** It may be deployed. */
  APPROVED = 'Approved',
  /** It may not be deployed. */
  REJECTED = 'Rejected',
  /** Somebody has to decide. */
  PENDING_MANUAL_APPROVAL = 'PendingManualApproval',
}
