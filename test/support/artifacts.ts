import type { Construct } from 'constructs';
import type { ArtifactLocation, ArtifactUse, CheckedArtifact } from '../../src/model/artifact-source';
import type { ModelArtifact } from '../../src/model/model-artifact';

/** An artifact and where it is. */
export type BoundArtifact = Omit<CheckedArtifact, 'provideIn'> & ArtifactLocation;

/** Checks an artifact, and provides it in the stack of the construct that it is for. */
export function provide(artifact: ModelArtifact, scope: Construct, use: ArtifactUse = {}): BoundArtifact {
  const { provideIn, ...facts } = artifact._check(scope, use);
  return { ...facts, ...provideIn(scope) };
}
