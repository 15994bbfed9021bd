// Every bound of the mesh with its unit: what a peer can make us hold, wait for or send. What the exchange bounds (an
// announcement, a request) is bounded there; `docs/mesh.md` says why the rest.

/** A broadcast that is handed to the listener, bytes. Above the exchange's own limit, so that it can count what it refuses. */
export const MAX_DELIVERED_BYTES = 16_384
/** Broadcasts that wait for a verdict. The oldest is forgotten, which ignores it. */
export const MAX_UNJUDGED = 1_024
/** One gossip RPC as received, bytes. Full IWANT answers reach a few hundred kilobytes. */
export const MAX_GOSSIP_RPC_BYTES = 1_048_576
/** Unsent gossip for one neighbour, bytes; more resets its stream. */
export const MAX_GOSSIP_BACKLOG_BYTES = 4_194_304

/** Requests of one peer that we answer at a time; more are reset. */
export const MAX_REQUESTS_PER_PEER = 16
/** Requests of all peers that a member answers at a time; more are refused. */
export const MAX_REQUESTS = 256
/** The same for a relay, which all its members ask at once for the genotype that it has just announced. */
export const MAX_RELAY_REQUESTS = 2_048
/** Our own requests to one peer at a time; more are refused here. */
export const MAX_OWN_REQUESTS_PER_PEER = 16
/** How long a requester may take to send its request, ms. */
export const REQUEST_READ_MS = 10_000
/** How long our own side may take to answer, ms. */
export const REQUEST_ANSWER_MS = 30_000
/** Answered streams of one connection that an asker keeps for its next requests, and for how long, ms. */
export const MAX_SPARE_STREAMS = 2
export const SPARE_STREAM_MS = 15_000
/** How long the answering side waits for the next request of a stream, ms: longer than an asker keeps it. */
export const NEXT_REQUEST_MS = 30_000
/** Long-lived streams of one peer, each way; more are reset. */
export const MAX_STREAMS_PER_PEER = 4
/** How long a stream may not be read before it is given up, ms: a peer computes for as long as it reads nothing. */
export const STREAM_STALL_MS = 120_000
/** How long the goodbye of a stream may take, ms. */
export const STREAM_CLOSE_MS = 5_000

/** Most peers in one introduction. */
export const MAX_INTRODUCED = 16
/** One introduction message, bytes. */
export const MAX_INTRODUCTION_BYTES = 4_096
/** Introduced peers that we remember while we dial. */
export const MAX_CANDIDATES = 64

/** Longest that a relay can make a member stay away, ms. */
export const MAX_STAY_AWAY_MS = 300_000

/** WebRTC neighbours; circuits that would lead to more are refused. */
export const MAX_NEIGHBOURS = 32
export const DEFAULT_TARGET_NEIGHBOURS = 8
export const LOW_DATA_NEIGHBOURS = 2
/** What a member that saves data takes in, at most. */
export const LOW_DATA_MOST_NEIGHBOURS = 3
/** How often a member changes one of the neighbours that it dialled for another, ms, give or take a quarter. */
export const CHANGE_MS = 240_000

/** One signed relay record, bytes: seventeen realms, and addresses over three transports. */
export const MAX_RELAY_RECORD_BYTES = 1_024
/** Records in one introduction; together they must fit into its bytes. */
export const MAX_INTRODUCED_RELAYS = 8
/** Records in one message between relays. */
export const MAX_EXCHANGED_RECORDS = 64
export const MAX_EXCHANGE_BYTES = MAX_EXCHANGED_RECORDS * (MAX_RELAY_RECORD_BYTES + 8)
/** Exchanges that a relay answers at a time; more are refused. */
export const MAX_EXCHANGES = 32
/** Relays that a relay knows from relays that it joined. */
export const MAX_KNOWN_RELAYS = 64
/** Relays that joined a relay by themselves; each lives as long as its connection. */
export const MAX_JOINERS = 32
/** Relays that a relay keeps a connection to because it was told of them. */
export const MAX_LEARNED_LINKS = 16
/** Relays that a member keeps connections to, beside those that its app named. */
export const MAX_KEPT_RELAYS = 3
/** Relays that a member has in reserve. */
export const MAX_SPARE_RELAYS = 32
/** Addresses of one relay that a member tries. */
export const MAX_RELAY_ADDRESSES = 8

/** One message of the directory, either way, bytes: 16 providers and 20 servers without addresses need 2,500. */
export const MAX_DIRECTORY_MESSAGE_BYTES = 8_192
/** Records of the directory that one node keeps. About 20 MB. */
export const MAX_RECORDS = 65_536
/** Records under one key; of more providers nobody needs to know. */
export const MAX_PROVIDERS_PER_KEY = 64
/** Records of one peer, over all realms. */
export const MAX_RECORDS_PER_PEER = 128
/** How long a record is kept, ms, if its author stays connected. */
export const RECORD_MS = 1_800_000
/** How often a member repeats what it advertises, ms. */
export const ADVERTISE_EVERY_MS = 600_000
/** How long telling the servers of one advertisement may take, ms. */
export const ADVERTISE_TIMEOUT_MS = 20_000
/** Peers that searches have named, remembered with the relays that named them. */
export const MAX_NAMED = 256
/** Questions and records of one peer that a relay reads within a minute. A member with 64 advertisements sends 128 when it comes. */
export const DIRECTORY_MESSAGES_PER_MINUTE = 300
