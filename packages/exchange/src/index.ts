// What the exchange offers. Ports first, then identities, formats, and the member that decides.

export type {
  Archive,
  Change,
  Channel,
  Delivery,
  Directory,
  Finding,
  Found,
  Keys,
  Members,
  MeshPorts,
  Neighbour,
  PeerId,
  PublicKey,
  RequestFailure,
  RequestResult,
  PeerStream,
  Requests,
  Service,
  Streams,
  Transport,
  Unsubscribe,
  Verdict,
} from './ports.ts'
export { assertDirectoryKey, createAdvertisements } from './advertisements.ts'

export { createHelper, endErrands, help } from './membership/errands.ts'
export { createMembership, healthOf, SLEPT_MS, stepMembership } from './membership/membership.ts'
export type { MembershipEvent, NeighbourHealth } from './membership/membership.ts'
export { decodeMembership, encodeMembership } from './membership/message.ts'
export type { MembershipMessage } from './membership/message.ts'
export { LOW_DATA_MEMBERSHIP, MEMBERSHIP } from './membership/settings.ts'
export type { MembershipSettings } from './membership/settings.ts'

export type { Claim } from './claim/claim.ts'
export { digestOfCid } from './claim/cid-digest.ts'
export { claimMessage, decodeClaim, encodeClaim } from './claim/claim-codec.ts'
export type { ClaimResult, Statement } from './claim/claim-codec.ts'
export { deviceStatement } from './claim/device.ts'
export { decodeEnvelope, encodeEnvelope, envelopeMessage } from './claim/envelope.ts'
export type { Purpose } from './claim/envelope.ts'

export { createFarm } from './work-units/farm.ts'
export type { DonorView, Farm, FarmEffect, FarmEvent, FarmOptions, FarmView } from './work-units/farm.ts'
export type { UnitResult, WorkUnit } from './work-units/work-unit.ts'
export { decodeAnswer, decodeRequest, encodeAnswer, encodeRequest } from './wire/messages.ts'
export { unpackBody } from './wire/parcel.ts'

export { modelViewOf } from './member/model.ts'
export type { FederationView, ModelView, RoundView } from './models/model.ts'
export { suggestModel } from './models/suggest.ts'
export type { Suggestion } from './models/suggest.ts'
export { createRealm, isModerator, needsAcceptance, realmId, termsDigest } from './realm/realm.ts'
export type { Containment, PublishRule, Realm, RealmLimits, Stage, SubscriptionDefaults } from './realm/realm.ts'
export { faultOfRealm } from './realm/realm-bounds.ts'
export { DEFAULT_FEDERATED, DEFAULT_SWARM, defaultModel, globalSelections, modelKinds } from './realm/model-policy.ts'
export type { ChosenModel, FederatedPolicy, GlobalSelection, ModelKind, ModelPolicy, ShardedPolicy, SwarmPolicy } from './realm/model-policy.ts'
export { containmentMeaning, mayCarryOver, mayExport, mayImport } from './realm/containment.ts'
export { carryOver, exportClaim, exportGenotype } from './realm/border.ts'
export type { Passage } from './realm/border.ts'
export { forkRealm, realmFromTemplate, templates } from './realm/templates.ts'
export type { Founding, Template } from './realm/templates.ts'
export { decodeRealm, encodeRealm, realmMessage } from './realm/realm-codec.ts'
export type { RealmResult } from './realm/realm-codec.ts'

export { acceptanceDeclaration, acceptanceKind } from './registry/acceptance.ts'
export type { Acceptance, Accepting } from './registry/acceptance.ts'
export { bearerMessage, decodeInvite, encodeInvite, inviteCheck, inviteMessage, MAX_INVITE_USES } from './registry/invite.ts'
export type { Invite, SignedInvite } from './registry/invite.ts'
export { formatInvite, parseInvite } from './registry/invite-text.ts'
export type { InviteText } from './registry/invite-text.ts'
export { policyDeclaration, policyKind } from './registry/policy-pointer.ts'
export type { PolicyPointer } from './registry/policy-pointer.ts'
export { banDeclaration, banKind } from './registry/ban.ts'
export type { Ban, BanTarget } from './registry/ban.ts'
export { regionDeclaration, regionKind, regionOf } from './registry/region.ts'
export { statementKinds } from './registry/kinds.ts'
export type { Registry } from './registry/registry.ts'
export type { Declaration, SignedStatement, StatementBody } from './registry/statement.ts'
export { decodeStatement, encodeStatement, statementMessage } from './registry/statement-codec.ts'
export type { StatementResult } from './registry/statement-codec.ts'
export type { Held, StatementKind } from './registry/statement-kind.ts'
export { statementRowPrefix } from './registry/statement-rows.ts'

export type { Entry } from './archive/entry.ts'
export { compareEntries } from './archive/order.ts'
export { nicheNumber, nicheOf } from './archive/niche.ts'
export { RELAY_BYTES, TAB_BYTES } from './archive/eviction.ts'
export { bytesOf, MAX_PINNED, pinRowPrefix } from './member/storage.ts'
export { entryFromRows, removalOf, restoreEntries, rowPrefixes, rowsOf } from './archive/archive-rows.ts'
export type { EntryResult } from './archive/archive-rows.ts'

export { ownReceipts, receiptRowPrefix } from './member/credit.ts'
export { standingsOf as auditStandingsOf } from './member/audit.ts'
export { countedAuditors, creditFacts, decodeFind, findRow, findRowPrefix, findsOf } from './member/past.ts'
export { auditKind, creditHeadKind } from './credit/credit-kinds.ts'
export type { Audit, CreditHead } from './credit/credit-kinds.ts'
export { leaderboardCsv } from './credit/csv.ts'
export { decodeExport, exportMessage, exportText, MAX_EXPORT_BYTES, recompute, signedExport } from './credit/export.ts'
export type { CreditExport, ExportContent, ExportHeader, ExportRefusal, ExportResult } from './credit/export.ts'
export type { Find } from './credit/find.ts'
export { edgeFault } from './provenance/edge.ts'
export type { EdgeFault } from './provenance/edge.ts'
export { ancestorsOf, builtOn, descendantsOf, lineageOf } from './provenance/lineage.ts'
export type { Kin, Lineage, LineageNode, Walk } from './provenance/lineage.ts'
export { sharesOf } from './provenance/shares.ts'
export type { Share } from './provenance/shares.ts'
export { attestationDeclaration, attestationKind } from './audit/attestation.ts'
export { beaconDeclaration, beaconKind, beaconOf, beaconSecret, commitmentOf, sightOf } from './audit/beacon.ts'
export type { Beacon } from './audit/beacon.ts'
export { beaconAt } from './member/beacon.ts'
export { auditedEpochs, rankOf } from './audit/rank.ts'
export type { Rank } from './audit/rank.ts'
export { leaderboardsOf } from './credit/leaderboards.ts'
export type { AuthorCredit, CreditFacts, Leaderboards, TeamCredit } from './credit/leaderboards.ts'
export { creditOf, epochOf } from './credit/standing.ts'
export type { Standing as AuditStanding } from './credit/standing.ts'
export { decodeWord, encodeWord, machineDeclaration, machineKind, MAX_NAME_LENGTH } from './identity/machine.ts'
export type { MachineWord } from './identity/machine.ts'
export { machinesSecret, OWNER_ENTROPY_BYTES, ownerSeed } from './identity/owner-entropy.ts'
export { isRevoked, revocationDeclaration, revocationKind } from './identity/revocation.ts'
export { formatOpenTeam, parseOpenTeam } from './identity/open-team.ts'
export type { OpenTeam } from './identity/open-team.ts'
export { expulsionDeclaration, membershipDeclaration, openTeamMessage, teamId, teamInviteMessage, teamKind, teamsOf } from './identity/team.ts'
export type { Team, TeamName } from './identity/team.ts'
export type { WorkDone } from './member/credit.ts'
export { KEPT_STATES, MAX_REPLAY_BYTES } from './credit/receipt.ts'
export type { Receipt, Stretch } from './credit/receipt.ts'
export { beginStretch, canAdmit, endStretch, withAdmitted, withTold } from './credit/record.ts'
export type { OpenStretch } from './credit/record.ts'
export { createReplay, replayReceipt } from './credit/replay.ts'
export type { Replay, ReplayFault, ReplayOptions, ReplayOutcome } from './credit/replay.ts'
export { seedOf, stateRoot } from './credit/state-root.ts'

export { anomalyKinds, nothingSeen, stepAnomaly } from './anomaly/anomaly.ts'
export type { Anomaly, AnomalyKind, AnomalyState, Observation } from './anomaly/anomaly.ts'
export { refusals } from './admission/refusal.ts'
export type { Refusal } from './admission/refusal.ts'
export { admissionStages } from './admission/stage.ts'
export type { AdmissionStage, StageCounts } from './admission/stage.ts'

export { createMember } from './member/state.ts'
export type { MemberOptions, MemberState } from './member/state.ts'
export type { Subscription } from './member/subscription.ts'
export { isBannedClaim, rightToPublish, signatories } from './member/governance.ts'
export type { Signatory } from './member/governance.ts'
export { bansOf, policyView } from './member/policy-view.ts'
export type { BanView, PolicyView } from './member/policy-view.ts'
export { policyRowKey } from './member/policy.ts'
export { stageOf } from './member/stage.ts'
export { DEFAULT_IMMIGRATION, FITTEST_FIRST } from './member/immigration.ts'
export type { ImmigrationPolicy } from './member/immigration.ts'
export { bestEntry, countersOf, entriesOf, step } from './member/member.ts'
export type { MemberCounters } from './member/member.ts'
export type { Discovery, Effect, Measurement, MemberEvent, Notice, SignatureCheck, Ticket } from './member/events.ts'

export {
  HEARTBEAT_MS,
  MAX_ADVERTISED,
  MAX_ANNOUNCEMENT_BYTES,
  MAX_ANSWER_BYTES,
  MAX_BODY_BYTES,
  MAX_DIRECTORY_KEY_CHARACTERS,
  MAX_FOUND,
  MAX_MEMBERSHIP_BYTES,
  MAX_REALM_BYTES,
  MAX_REQUEST_BYTES,
  MAX_STREAM_MESSAGE_BYTES,
} from './limits.ts'
export type { ReputationView } from './member/reputations.ts'
export { reputationsOf } from './member/reputations.ts'
