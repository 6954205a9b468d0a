// Every bound of the program in one place. Text from outside is hostile: whatever grows with input
// has its limit here, and the relations between limits are checked when this compiles.
#pragma once

#include <cstddef>
#include <cstdint>

namespace passaparola {

// --- what a post may be (bytes of UTF-8) ---
inline constexpr std::size_t kMaxTextBytes = 64 << 10;
inline constexpr std::size_t kMaxTitleBytes = 4 << 10;
inline constexpr std::size_t kMaxBioBytes = 8 << 10;
inline constexpr std::size_t kMaxIdBytes = 1 << 10;    // post ids, author ids, thread ids
inline constexpr std::size_t kMaxNameBytes = 1 << 10;  // handles and display names
inline constexpr std::size_t kMaxUrlBytes = 4 << 10;
inline constexpr std::size_t kMaxSourceBytes = 64;
inline constexpr std::size_t kMaxLanguageBytes = 35;  // the longest well-formed BCP 47 tag
inline constexpr std::size_t kMaxLinks = 64;          // further links of a post are dropped

// --- what the wire may bring ---
inline constexpr std::size_t kMaxRecordBytes = 1 << 20;     // one line of NDJSON, one SSE event
inline constexpr std::size_t kMaxDocumentBytes = 16 << 20;  // one JSON or XML document
inline constexpr std::size_t kMaxJsonDepth = 64;
inline constexpr std::size_t kMaxXmlDepth = 256;
inline constexpr std::size_t kMaxHtmlDepth = 256;
inline constexpr std::size_t kInputPaddingBytes = 64;  // zeroed bytes after every input buffer

// --- how work is cut ---
inline constexpr std::size_t kChunkBytes = 1 << 20;            // whole records read at a time
inline constexpr std::size_t kMaxReportedRejects = 1'000;      // rejected lines named in an answer
inline constexpr std::size_t kMaxWaitingBodyBytes = 64 << 20;  // pushed and not yet worked on
inline constexpr std::size_t kCommitGroupBytes = 8 << 20;
inline constexpr std::size_t kCommitGroupMilliseconds = 5;

// --- rules ---
inline constexpr std::size_t kMaxRuleFileBytes = 64 << 20;
inline constexpr std::size_t kMaxRuleBytes = 64 << 10;   // source text of one rule or brand block
inline constexpr double kBroadShare = 0.05;              // of a sample's posts: more is too broad
inline constexpr std::uint64_t kMinSamplePosts = 1'000;  // fewer do not show what never happens
inline constexpr std::uint64_t kMaxSampleQuestions = 2'000'000;  // to the reference engine
inline constexpr std::size_t kMaxRules = 1'000'000;
inline constexpr std::size_t kMaxBrands = 65'535;
inline constexpr std::size_t kMaxExpressionDepth = 64;
inline constexpr std::size_t kMaxAtomBytes = 256;
inline constexpr std::size_t kMaxNearDistance = 30;
inline constexpr std::size_t kMinPrefixBytes = 3;
inline constexpr std::size_t kMaxMatchesPerMention = 32;  // spans kept as evidence
inline constexpr std::size_t kMaxPatternMatches = 256;    // of one regular expression in a field

inline constexpr std::size_t kMaxRulesBodyBytes = 64 << 20;  // of PUT /rules and POST /rules:check
inline constexpr std::size_t kMaxRuleFiles = 10'000;         // of one set given over HTTP
inline constexpr std::size_t kMaxRuleFileNameBytes = 255;
inline constexpr std::size_t kMaxSamplePosts = 1'000;             // judged by POST /rules:check
inline constexpr std::size_t kMaxWaitingRuleRequests = 8;         // checks and new sets queued
inline constexpr std::size_t kMaxRuleExplanationLines = 200'000;  // of `rules explain`
inline constexpr std::size_t kMaxDiffExamples = 100;              // posts shown for a brand or rule
inline constexpr std::size_t kMaxRuleVersions = 100;              // sets that came into force, kept
inline constexpr std::size_t kMaxRuleVersionsBytes = 64 << 20;    // of the files of all of them

// --- regular expressions, and their compilation by Hyperscan in a process of its own ---
// An expression whose program is small may use the small memory for its automata, any other the
// large; one that is refused counts as large. Hyperscan is shown no large ones in this process.
inline constexpr std::size_t kMaxPatternInstructions = 5'000;      // of RE2, in one expression
inline constexpr std::size_t kSmallPatternInstructions = 300;      // what is small, see above
inline constexpr std::size_t kMaxPatternSteps = 300'000'000;       // instructions x bytes looked at
inline constexpr std::size_t kMaxPatternUnionSteps = 100'000'000;  // the same, all in one pass
inline constexpr std::size_t kSmallPatternBytes = 512 << 10;       // of memory
inline constexpr std::size_t kLargePatternBytes = 4 << 20;         // of memory
inline constexpr std::size_t kMaxPatternSetBytes = 1 << 30;        // of memory, in all rules
inline constexpr std::size_t kMaxFilterPatternBytes = 8 << 20;     // of memory, in one filter
inline constexpr std::size_t kMaxPatternCompileMs = 1'500;         // of processor time, for one
inline constexpr std::size_t kMaxPatternScreeningMs = 8'000;       // for looking at each alone
inline constexpr std::size_t kMaxPatternSetCompileMs = 30'000;     // by the clock, for a set
inline constexpr std::size_t kMaxPatternCompileBytes = 512 << 20;  // address space of the process
inline constexpr std::size_t kMaxPatternCompileTries = 64;         // processes for one set
inline constexpr std::size_t kMaxPatternDatabaseBytes = 256 << 20;
inline constexpr std::size_t kMaxPatternCacheBytes = 256 << 20;  // files in the cache folder

// --- scores and histories ---
inline constexpr std::size_t kMaxLexiconFileBytes = 2 << 20;
inline constexpr std::size_t kMaxScoredTokens = 8'192;  // words of one text that are looked at
inline constexpr std::size_t kMaxSentimentHits = 32;
inline constexpr std::size_t kMaxActs = 8;
inline constexpr std::size_t kMaxPenalties = 8;  // of the text; the store may add one
inline constexpr std::size_t kMaxEvidence = 20;  // FEATURES D.8
inline constexpr std::size_t kMaxCounterEvidence = 10;

// --- what a mention's meaning owes to earlier ones, asked when it is committed ---
inline constexpr std::size_t kCopyWindowMentions = 1 << 17;  // last seqs that copies are sought in
inline constexpr std::size_t kCopyWindowDays = 90;           // between the posts, either way
inline constexpr std::size_t kMaxCopiesLookedAt = 1'024;     // for one mention
inline constexpr std::size_t kMaxBurstOthers = 64;           // speaking of a brand within minutes
inline constexpr std::size_t kMaxParentMentions = 8;         // looked at for who seeks advice
inline constexpr std::int64_t kRevisionDays = 396;           // told changes of ranks are kept
inline constexpr std::size_t kMaxThreadMentions = 1'000;     // answers to one post read at once

// --- keeping ---
inline constexpr std::size_t kMaxBackups = 1'000;              // in one folder
inline constexpr std::size_t kRescorePageMentions = 1'000;     // judged anew in one write
inline constexpr std::size_t kVerifyGroupMentions = 1 << 16;   // looked up together
inline constexpr std::size_t kMaxReportedDifferences = 1'000;  // of `verify`; the rest is counted

// --- sources ---
inline constexpr std::size_t kMaxSources = 1'000;
inline constexpr std::size_t kMaxSourceHosts = 16;  // that a source may be read from
inline constexpr std::size_t kMaxCursorBytes = 64 << 10;
inline constexpr std::size_t kMaxGapsKept = 1'000;          // of one source
inline constexpr std::size_t kMaxGapReasonBytes = 1 << 10;  // in words
inline constexpr std::size_t kMaxSourceErrorBytes = 1 << 10;
inline constexpr std::size_t kMaxRedirects = 5;
inline constexpr std::size_t kMaxAddressesTried = 16;  // of one name
inline constexpr std::size_t kMaxResponseHeadBytes = 64 << 10;
inline constexpr std::size_t kMaxErrorBodyBytes = 64 << 10;  // of an answer that refuses
inline constexpr std::size_t kMaxConnectSeconds = 20;        // name, socket, TLS, upgrade
inline constexpr std::size_t kMaxResponseSeconds = 60;       // of a polled answer, all of it
inline constexpr std::size_t kHalfOpenSeconds = 30;          // without a sign of the other side
inline constexpr std::size_t kMaxMessageBytes = 4 << 20;     // of a websocket, inflated
inline constexpr std::size_t kDeliveryMilliseconds = 100;    // that records are gathered for
inline constexpr std::size_t kMaxPagesOfPoll = 100;          // read one after the other
inline constexpr std::size_t kMaxBackoffSeconds = 900;
inline constexpr std::size_t kMaxRetryAfterSeconds = 24 * 60 * 60;  // that a server may ask for

// --- who may ask ---
inline constexpr std::size_t kMaxTokens = 1'000;     // of one configuration
inline constexpr std::size_t kMaxTokenBrands = 100;  // of one workspace
inline constexpr std::size_t kMaxTokenBytes = 4 << 10;
inline constexpr std::size_t kMaxHostNames = 100;   // that the server goes by besides its address
inline constexpr std::size_t kMaxOrigins = 100;     // of pages that are not the server's own
inline constexpr std::size_t kTicketSeconds = 30;   // a ticket is good for so long, once
inline constexpr std::size_t kMaxTickets = 10'000;  // given and not used yet
inline constexpr std::size_t kMaxTicketsOfCaller = 100;        // the same, of one caller
inline constexpr std::size_t kRequestsPerMinute = 6'000;       // of one caller and one address
inline constexpr std::size_t kMaxRequestsPerMinute = 600'000;  // that may be configured
inline constexpr std::size_t kFailedTokensPerMinute = 60;      // of one address
inline constexpr std::size_t kMaxMeasured = 1 << 16;           // callers and addresses remembered
inline constexpr std::size_t kConnectionsPerAddress = 256;     // that is not this machine's own
inline constexpr std::size_t kMaxCertificateBytes = 1 << 20;   // of a file of certificates, a key
inline constexpr std::int64_t kAuditDays = 396;
inline constexpr std::size_t kMaxWaitingAuditRecords = 10'000;  // not yet written
inline constexpr std::size_t kAuditedRefusalsPerMinute = 60;    // the rest is only counted

// --- serving ---
inline constexpr std::size_t kMaxHttpHeaderBytes = 8 << 10;
inline constexpr std::size_t kMaxHttpHeaderFields = 64;
inline constexpr std::size_t kMaxHttpHeaderSeconds = 5;
inline constexpr std::size_t kMaxIdleSeconds = 60;  // a kept-alive connection between requests
inline constexpr std::size_t kMaxHttpBodyBytes = 8 << 20;
inline constexpr std::size_t kMaxTriageBodyBytes = 16 << 10;    // of PATCH /mentions/{id}
inline constexpr std::size_t kMaxAccessReportBytes = 64 << 20;  // over HTTP
inline constexpr std::size_t kMaxErasedTogether = 1'000;        // authors of one request
inline constexpr std::size_t kMaxErasureBodyBytes = 8 << 20;    // of POST /authors:forget
inline constexpr std::size_t kMaxChunkExtensionBytes = 256;
inline constexpr std::size_t kMaxPushBytesInFlight = 256 << 20;  // bodies of all pushes together
inline constexpr std::size_t kMaxIdempotencyKeys = 1'000;        // and ids of each webhook
inline constexpr std::size_t kMaxPushKeyBytes = 255;             // of such a key or id
inline constexpr std::size_t kMaxWebhooks = 100;
inline constexpr std::size_t kMaxWebhookSecrets = 8;  // of one webhook, while they are rotated
inline constexpr std::size_t kMinWebhookSecretBytes = 24;
inline constexpr std::int64_t kMaxWebhookClockSeconds = 300;  // between a sender's clock and ours
inline constexpr std::size_t kMaxUnverifiedBytesInFlight = 128 << 20;  // of webhooks, see below
inline constexpr std::size_t kMaxPageBytes = 8 << 20;                  // of one answer
inline constexpr std::size_t kMaxWaitingJobs = 32;  // identification jobs and erasures queued
inline constexpr std::size_t kMaxInflatedBodyBytes = 64 << 20;
inline constexpr std::size_t kMaxRequestSeconds = 30;
inline constexpr std::size_t kMaxConnections = 10'000;
inline constexpr std::size_t kMaxClientMessageBytes = 64 << 10;
inline constexpr std::size_t kMaxSubscriptionsPerConnection = 64;
inline constexpr std::size_t kMaxUnsentBytes = 1 << 20;  // a slow subscriber is cut off here
inline constexpr std::size_t kMaxUnsentSeconds = 10;
inline constexpr std::size_t kMaxFrameBytes = 256 << 10;  // mentions sent in one frame
inline constexpr std::size_t kMaxTailBytes = 32 << 20;    // encoded mentions kept for live readers
inline constexpr std::size_t kMaxLiveFilters = 1'000;     // different `where`s at one time
inline constexpr std::size_t kMaxPageItems = 1'000;
inline constexpr std::size_t kMaxFilterBytes = 4 << 10;
inline constexpr std::size_t kMaxStandings = 4'096;         // authors known to one filter
inline constexpr std::size_t kStandingSeconds = 60;         // one is used for so long at most
inline constexpr std::size_t kLongHistoryMentions = 1'000;  // more change little by one mention
inline constexpr std::size_t kMaxHistoriesOfPage = 2'000;   // read for one page of the feed

// --- what people do with mentions, and who is told of them ---
inline constexpr std::size_t kMaxTriageSteps = 100;               // of one mention; the oldest go
inline constexpr std::size_t kMaxTriageNoteBytes = 4 << 10;       // of one note
inline constexpr std::size_t kMaxTriageTogether = 1'000;          // mentions of one request
inline constexpr std::size_t kMaxTriageTogetherBytes = 64 << 10;  // of that request
inline constexpr std::size_t kMaxTriageLeases = 10'000;  // mentions that people look at now
inline constexpr std::size_t kTriageLeaseSeconds = 60;
inline constexpr std::size_t kMaxRecordKeyBytes = 512;
inline constexpr std::size_t kMaxRecordBytesKept = 64 << 10;  // of one record beside the mentions
inline constexpr std::size_t kMaxViews = 1'000;               // saved ones
inline constexpr std::size_t kMaxViewTitleBytes = 256;
inline constexpr std::size_t kMaxViewBodyBytes = 16 << 10;
inline constexpr std::size_t kMaxAlertsKept = 10'000;
inline constexpr std::size_t kMaxNewsKept = 1'024;        // frames of a channel, for readers behind
inline constexpr std::size_t kStatsMilliseconds = 1'000;  // between two frames of the stats channel
inline constexpr std::size_t kWarningSeconds = 60;        // between two looks at how brands stand
inline constexpr std::size_t kMaxDeliveries = 100;        // [[delivery]] of a configuration
inline constexpr std::size_t kMaxDeliverySeconds = 10;    // for one attempt
inline constexpr std::size_t kMaxDeliveryBytes = 256 << 10;  // of one message
inline constexpr std::size_t kMaxDeliveryMentions = 100;     // in one message
inline constexpr std::size_t kMaxUndelivered = 10'000;       // kept on the dead-letter list
inline constexpr std::size_t kMaxExports = 32;               // jobs, done ones included
inline constexpr std::size_t kMaxExportBytes = std::size_t{4} << 30;  // of one file

static_assert((kCopyWindowMentions & (kCopyWindowMentions - 1)) == 0, "seqs are cut to slots");
static_assert(kMaxTextBytes < kMaxRecordBytes && kMaxRecordBytes <= kChunkBytes);
static_assert(kChunkBytes <= kMaxDocumentBytes && kMaxDocumentBytes < (std::size_t{1} << 31));
static_assert(kMaxHttpBodyBytes <= kMaxInflatedBodyBytes);
static_assert(kMaxClientMessageBytes <= kMaxUnsentBytes);
static_assert(kMaxFrameBytes < kMaxUnsentBytes && kMaxUnsentBytes < kMaxTailBytes);
static_assert(kMaxInflatedBodyBytes + kMaxHttpBodyBytes <= kMaxPushBytesInFlight);
// Anybody may send what is to be verified: it is counted apart, so that it crowds out no push.
static_assert(kMaxHttpBodyBytes <= kMaxUnverifiedBytesInFlight);
// JSON writes a byte in six at most, and what stands around a source and an id in fewer than 64.
static_assert(kMaxErasedTogether * (6 * (kMaxSourceBytes + kMaxIdBytes) + 64) <
              kMaxErasureBodyBytes);
static_assert(kMaxErasureBodyBytes <= kMaxPushBytesInFlight);
static_assert(kMaxRuleBytes <= kMaxRuleFileBytes);
static_assert(kMaxHttpBodyBytes <= kMaxRulesBodyBytes);
static_assert(kMaxRulesBodyBytes <= kMaxPushBytesInFlight);
static_assert(kMaxHistoriesOfPage <= kMaxStandings);
static_assert(kSmallPatternInstructions <= kMaxPatternInstructions);
static_assert(kSmallPatternBytes < kLargePatternBytes && kLargePatternBytes < kMaxPatternSetBytes);
static_assert(kLargePatternBytes <= kMaxFilterPatternBytes);
static_assert(kMaxPatternCompileMs + kMaxPatternScreeningMs < kMaxPatternSetCompileMs);
static_assert(kMaxPatternDatabaseBytes < kMaxPatternCompileBytes);

}  // namespace passaparola
