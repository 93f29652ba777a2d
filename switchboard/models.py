"""The switchboard's tables. The log is the truth; everything else can be rebuilt or repeated from it."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Text, UniqueConstraint, false

from base.database import Base, UtcDateTime

BOT, WAITING, HUMAN, CLOSED = "bot", "waiting", "human", "closed"
QUEUED, RUNNING, DONE, FAILED, DROPPED = "queued", "running", "done", "failed", "dropped"


class Person(Base):
    """Somebody who talks to the shop, on whatever channels.

    `joined_at`: since when more than one identity leads here, null where only one ever did. `notices_to` is the channel
    on which the customer wants to hear from us, null where he did not say.
    """

    __tablename__ = "people"
    id = Column(String(40), primary_key=True)
    created_at = Column(UtcDateTime, nullable=False)
    joined_at = Column(UtcDateTime)
    notices_to = Column(String(20))


class Identity(Base):
    """One way in which a person is known: a web session, a Telegram user, an e-mail, a phone, a shop account.

    One that has ended, as a web session does when its customer leaves, opens nothing any more.
    """

    __tablename__ = "identities"
    id = Column(String(40), primary_key=True)
    person_id = Column(String(40), ForeignKey("people.id"), nullable=False, index=True)
    kind = Column(String(20), nullable=False)
    value = Column(String(320), nullable=False)
    created_at = Column(UtcDateTime, nullable=False)
    ended_at = Column(UtcDateTime)
    __table_args__ = (UniqueConstraint("kind", "value"),)


class Conversation(Base):
    """One thread with one person.

    `version` grows with every change of owner; `agent_id` is who has it while a person does; `last_seq` is the log's
    last number; `read_seq` is the last row that a person of the shop has read, 0 for none. `identity_id` is the side
    that opened it (docs/joining.md); `continued_in` is the conversation that it was closed for. `seen_seq` is the last
    row that its customer is known to have had before him in a web chat, `told_seq` the last one that he was told of
    elsewhere; `contact` is the e-mail he has given to be reached, `contact_asked` whether he was asked for one;
    `customer_says` whether it is solved (solved | unsolved) where only the assistant had to do with it.
    """

    __tablename__ = "conversations"
    id = Column(String(40), primary_key=True)
    person_id = Column(String(40), ForeignKey("people.id"), nullable=False)
    identity_id = Column(String(40), ForeignKey("identities.id"))
    continued_in = Column(String(40), ForeignKey("conversations.id"), index=True)
    owner = Column(String(10), nullable=False, default=BOT)
    agent_id = Column(String(40), ForeignKey("agents.id"))
    version = Column(Integer, nullable=False, default=1)
    last_seq = Column(Integer, nullable=False, default=0)
    read_seq = Column(Integer, nullable=False, default=0)
    seen_seq = Column(Integer, nullable=False, default=0, server_default="0")
    told_seq = Column(Integer, nullable=False, default=0, server_default="0")
    contact = Column(String(254))
    contact_asked = Column(Boolean, nullable=False, default=False, server_default=false())
    customer_says = Column(String(10))
    opened_at = Column(UtcDateTime, nullable=False)
    last_at = Column(UtcDateTime, nullable=False)
    closed_at = Column(UtcDateTime)


# A person has at most one open conversation.
Index(
    "ix_conversations_one_open",
    Conversation.person_id,
    unique=True,
    sqlite_where=Conversation.closed_at.is_(None),
    postgresql_where=Conversation.closed_at.is_(None),
)
Index("ix_conversations_last_at", Conversation.last_at)
Index("ix_conversations_owner", Conversation.owner, Conversation.agent_id)
Index("ix_conversations_of_person", Conversation.person_id, Conversation.opened_at)


class Message(Base):
    """One row of the log. `external_id` makes a retry the same message; `turn_id` is the turn that wrote a reply.

    `identity_id` is the side that it was said on, null where that is the one that opened the conversation. `plain` are
    its words as they are searched (`base/plain.py`).
    """

    __tablename__ = "messages"
    id = Column(String(40), primary_key=True)
    conversation_id = Column(String(40), ForeignKey("conversations.id"), nullable=False)
    seq = Column(Integer, nullable=False)
    author_kind = Column(String(10), nullable=False)
    author = Column(String(80))
    channel = Column(String(20), nullable=False)
    external_id = Column(String(160))
    turn_id = Column(String(40))
    identity_id = Column(String(40), ForeignKey("identities.id"))
    body = Column(JSON, nullable=False)
    plain = Column(Text)
    created_at = Column(UtcDateTime, nullable=False)
    __table_args__ = (UniqueConstraint("conversation_id", "seq"), UniqueConstraint("channel", "external_id"))


class Attachment(Base):
    """A file that is wholly on disk (`attachments/`), and whose it is.

    `message_id` is null until its owner sends it with a message; what is never sent is removed. `request_number` is the
    request that it goes with. `name` is what the owner called it, for display only. `external_id` makes a repeated
    upload the same file.
    """

    __tablename__ = "attachments"
    id = Column(String(40), primary_key=True)
    person_id = Column(String(40), ForeignKey("people.id"), nullable=False)
    conversation_id = Column(String(40), ForeignKey("conversations.id"), nullable=False, index=True)
    message_id = Column(String(40), ForeignKey("messages.id"), index=True)
    request_number = Column(Integer, ForeignKey("staff_requests.number"), index=True)
    external_id = Column(String(160), nullable=False, unique=True)
    media_type = Column(String(40), nullable=False)
    name = Column(String(120))
    bytes = Column(Integer, nullable=False)
    width = Column(Integer)
    height = Column(Integer)
    created_at = Column(UtcDateTime, nullable=False)
    __table_args__ = (Index("ix_attachments_person", "person_id", "created_at"),)


class Button(Base):
    """What a button under a message means. Customers see only its opaque id and title."""

    __tablename__ = "buttons"
    id = Column(String(40), primary_key=True)
    message_id = Column(String(40), ForeignKey("messages.id"), nullable=False, index=True)
    conversation_id = Column(String(40), ForeignKey("conversations.id"), nullable=False)
    title = Column(String(80), nullable=False)
    intent = Column(String(80), nullable=False)
    entities = Column(JSON, nullable=False)


class Turn(Base):
    """The assistant's answer to one customer's message: waited for, being made, or given.

    Its id is the message's, and so is its `identity_id`.
    """

    __tablename__ = "turns"
    id = Column(String(40), ForeignKey("messages.id"), primary_key=True)
    conversation_id = Column(String(40), ForeignKey("conversations.id"), nullable=False)
    identity_id = Column(String(40), ForeignKey("identities.id"))
    seq = Column(Integer, nullable=False)
    state = Column(String(10), nullable=False, default=QUEUED)
    button = Column(JSON)
    session_key = Column(String(64), nullable=False)
    address_key = Column(String(64), nullable=False)
    claims = Column(Integer, nullable=False, default=0)
    front_id = Column(String(80))
    lease_until = Column(UtcDateTime)
    queued_at = Column(UtcDateTime, nullable=False)
    finished_at = Column(UtcDateTime)
    outcome = Column(String(40))
    understood = Column(JSON)  # what the message was taken for, and what was done (docs/desk.md)
    __table_args__ = (
        Index("ix_turns_conversation_state", "conversation_id", "state", "seq"),
        Index("ix_turns_state", "state"),
        Index("ix_turns_queued", "queued_at"),
    )


class Proof(Base):
    """A record whose number and e-mail the customer knew on one side of this conversation (level 1 of DESIGN)."""

    __tablename__ = "proofs"
    id = Column(String(40), primary_key=True)
    conversation_id = Column(String(40), ForeignKey("conversations.id"), nullable=False)
    identity_id = Column(String(40), ForeignKey("identities.id"), nullable=False)
    kind = Column(String(20), nullable=False)
    number = Column(String(40), nullable=False)
    level = Column(Integer, nullable=False, default=1)
    turn_id = Column(String(40), nullable=False)
    proved_at = Column(UtcDateTime, nullable=False)
    __table_args__ = (UniqueConstraint("conversation_id", "identity_id", "kind", "number"),)


class ProofFailure(Base):
    """One wrong pair of number and e-mail. The keys are keyed hashes: no address is stored."""

    __tablename__ = "proof_failures"
    id = Column(String(40), primary_key=True)
    turn_id = Column(String(40), nullable=False)
    session_key = Column(String(64), nullable=False)
    address_key = Column(String(64), nullable=False)
    kind = Column(String(20), nullable=False)
    number = Column(String(40), nullable=False)
    failed_at = Column(UtcDateTime, nullable=False)
    __table_args__ = (
        UniqueConstraint("turn_id", "kind", "number"),
        Index("ix_proof_failures_session", "session_key", "failed_at"),
        Index("ix_proof_failures_address", "address_key", "failed_at"),
        Index("ix_proof_failures_number", "kind", "number", "failed_at"),
    )


class CodeChallenge(Base):
    """A one-time code that was asked for. The code itself is nowhere: it is worked out from the id with the shop's key.

    There is one whether the address is a customer's or not; mail is sent only to customers.
    """

    __tablename__ = "code_challenges"
    id = Column(String(40), primary_key=True)
    conversation_id = Column(String(40), ForeignKey("conversations.id"), nullable=False)
    turn_id = Column(String(40), nullable=False, unique=True)
    email = Column(String(254), nullable=False)
    session_key = Column(String(64), nullable=False)
    address_key = Column(String(64), nullable=False)
    created_at = Column(UtcDateTime, nullable=False)
    expires_at = Column(UtcDateTime, nullable=False)
    wrong = Column(Integer, nullable=False, default=0)
    ended = Column(String(10))  # right | spent | replaced | over
    sent_at = Column(UtcDateTime)
    __table_args__ = (
        Index("ix_code_challenges_conversation", "conversation_id", "created_at"),
        Index("ix_code_challenges_email", "email", "created_at"),
        Index("ix_code_challenges_address", "address_key", "created_at"),
        Index("ix_code_challenges_created", "created_at"),
    )


class CodeTry(Base):
    """What became of a code that a customer typed, by the id of the message; never what was typed."""

    __tablename__ = "code_tries"
    message_id = Column(String(40), ForeignKey("messages.id"), primary_key=True)
    challenge_id = Column(String(40), ForeignKey("code_challenges.id"), nullable=False)
    email = Column(String(254), nullable=False)
    address_key = Column(String(64), nullable=False)
    outcome = Column(String(10), nullable=False)
    tries_left = Column(Integer, nullable=False)
    at = Column(UtcDateTime, nullable=False)
    __table_args__ = (
        Index("ix_code_tries_email", "email", "at"),
        Index("ix_code_tries_address", "address_key", "at"),
        Index("ix_code_tries_at", "at"),
    )


class ProvedEmail(Base):
    """An e-mail whose owner the customer is on one side of this conversation (level 2 of DESIGN), and until when."""

    __tablename__ = "proved_emails"
    id = Column(String(40), primary_key=True)
    conversation_id = Column(String(40), ForeignKey("conversations.id"), nullable=False)
    identity_id = Column(String(40), ForeignKey("identities.id"), nullable=False)
    email = Column(String(254), nullable=False, index=True)
    method = Column(String(10), nullable=False)  # code | login
    proved_at = Column(UtcDateTime, nullable=False)
    expires_at = Column(UtcDateTime, nullable=False)
    __table_args__ = (UniqueConstraint("conversation_id", "identity_id", "email"),)


class IdentityEmail(Base):
    """An e-mail that an identity has once proved (level 2): where two sides have the same one, they are one person's.

    It opens nothing by itself; whoever looks must have it proved now.
    """

    __tablename__ = "identity_emails"
    identity_id = Column(String(40), ForeignKey("identities.id"), primary_key=True)
    email = Column(String(254), primary_key=True)
    proved_at = Column(UtcDateTime, nullable=False)
    __table_args__ = (Index("ix_identity_emails_email", "email", "proved_at"),)


class JoinLink(Base):
    """A link by which the customer of a conversation goes on elsewhere: good for one use and a short time.

    Only the hash of its token is kept. `used_by` is the identity that came by it. One that `resumes` was mailed with an
    answer: it is good for longer, and leads on although the conversation was closed meanwhile.
    """

    __tablename__ = "join_links"
    token_hash = Column(String(64), primary_key=True)
    channel = Column(String(20), nullable=False)  # where it leads
    conversation_id = Column(String(40), ForeignKey("conversations.id"), nullable=False)
    identity_id = Column(String(40), ForeignKey("identities.id"), nullable=False)  # the side it was given to
    created_at = Column(UtcDateTime, nullable=False)
    expires_at = Column(UtcDateTime, nullable=False)
    used_at = Column(UtcDateTime)
    used_by = Column(String(40), ForeignKey("identities.id"))
    resumes = Column(Boolean, nullable=False, default=False, server_default=false())
    __table_args__ = (
        Index("ix_join_links_identity", "identity_id", "created_at"),
        Index("ix_join_links_created", "created_at"),
    )


class JoinTry(Base):
    """A token that opened nothing. The key is a keyed hash: no address is stored."""

    __tablename__ = "join_tries"
    id = Column(String(40), primary_key=True)
    address_key = Column(String(64), nullable=False)
    at = Column(UtcDateTime, nullable=False)
    __table_args__ = (Index("ix_join_tries_address", "address_key", "at"), Index("ix_join_tries_at", "at"))


class Joining(Base):
    """What happened when two identities became one person's, or were parted again: for whoever has to find out later.

    `how`: by a link, by codes for one e-mail, or parted. `closed_id` is the conversation that was closed for the other.
    """

    __tablename__ = "joinings"
    id = Column(String(40), primary_key=True)
    how = Column(String(10), nullable=False)  # link | code | parted
    conversation_id = Column(String(40), ForeignKey("conversations.id"), nullable=False, index=True)
    person_id = Column(String(40), nullable=False)
    from_person_id = Column(String(40))  # whose the identity was before, null for one that was nobody's
    identity_id = Column(String(40), ForeignKey("identities.id"), nullable=False)
    by_identity_id = Column(String(40), ForeignKey("identities.id"), nullable=False)
    closed_id = Column(String(40), ForeignKey("conversations.id"))
    at = Column(UtcDateTime, nullable=False)


class Bot(Base):
    """What a channel's bot is called where customers look for it, as the channel itself has told us."""

    __tablename__ = "bots"
    channel = Column(String(20), primary_key=True)
    name = Column(String(64), nullable=False)
    told_at = Column(UtcDateTime, nullable=False)


class UsedLogin(Base):
    """A login of the shop's that was shown: only the session that showed it first may show it again."""

    __tablename__ = "used_logins"
    token_key = Column(String(64), primary_key=True)
    session_key = Column(String(64), nullable=False)
    expires_at = Column(UtcDateTime, nullable=False, index=True)


class StaffRequest(Base):
    """Something a person of the shop has to look at, with the number the customer was given.

    `taken_by` is who of the shop looks after it, null while nobody does.
    """

    __tablename__ = "staff_requests"
    number = Column(Integer, primary_key=True, autoincrement=True)
    key = Column(String(160), nullable=False, unique=True)
    conversation_id = Column(String(40), ForeignKey("conversations.id"), index=True)
    reason = Column(String(60), nullable=False)
    about = Column(JSON, nullable=False)
    created_at = Column(UtcDateTime, nullable=False)
    closed_at = Column(UtcDateTime)
    taken_by = Column(String(40), ForeignKey("agents.id"))


class Agent(Base):
    """A person of the shop who works at the desk. `wrong` counts wrong passwords in a row.

    `departments` and `skills` are keys of data/desk.yml.
    """

    __tablename__ = "agents"
    id = Column(String(40), primary_key=True)
    email = Column(String(254), nullable=False, unique=True)
    name = Column(String(60), nullable=False)  # customers read it
    role = Column(String(12), nullable=False)  # agent | supervisor | trainer | admin
    departments = Column(JSON, nullable=False, default=list, server_default="[]")
    skills = Column(JSON, nullable=False, default=list, server_default="[]")
    password = Column(String(200), nullable=False)  # argon2id
    wrong = Column(Integer, nullable=False, default=0)
    locked_until = Column(UtcDateTime)
    disabled_at = Column(UtcDateTime)
    created_at = Column(UtcDateTime, nullable=False)


class AgentSession(Base):
    """Somebody who is signed in at the desk. Only a hash of the cookie is stored."""

    __tablename__ = "agent_sessions"
    token_hash = Column(String(64), primary_key=True)
    agent_id = Column(String(40), ForeignKey("agents.id"), nullable=False, index=True)
    created_at = Column(UtcDateTime, nullable=False)
    seen_at = Column(UtcDateTime, nullable=False)


class Handoff(Base):
    """One time that a customer was handed to the people of the shop, from the wish to its end.

    It is planned (`waits_from` lies ahead: the shop is closed), waiting, accepted by an agent, or ended. `about` holds
    what the assistant knew. `number` is that of the request the customer was given.

    `department` is where it waits, null for everybody; `hops` grows whenever that changes. Its turn is by `ranks_from`:
    `waits_from`, or earlier for one that goes first. `proposed_to` is who should take it until `proposed_until`.
    `routed` is why: `{"rule", "priority", "skill", "seller"}`, what is not known left out.
    """

    __tablename__ = "handoffs"
    id = Column(String(40), primary_key=True)
    conversation_id = Column(String(40), ForeignKey("conversations.id"), nullable=False)
    number = Column(Integer, ForeignKey("staff_requests.number"), nullable=False)
    reason = Column(String(60), nullable=False)
    about = Column(JSON, nullable=False)
    asked_at = Column(UtcDateTime, nullable=False)
    asked_seq = Column(Integer, nullable=False)  # the log's last row before it
    waits_from = Column(UtcDateTime, nullable=False)
    ranks_from = Column(UtcDateTime, nullable=False)
    department = Column(String(40))
    hops = Column(Integer, nullable=False, default=0, server_default="0")
    proposed_to = Column(String(40), ForeignKey("agents.id"))
    proposed_until = Column(UtcDateTime)
    routed = Column(JSON, nullable=False, default=dict, server_default="{}")
    accepted_at = Column(UtcDateTime)
    accepted_by = Column(String(40), ForeignKey("agents.id"))
    first_reply_at = Column(UtcDateTime)
    ended_at = Column(UtcDateTime)
    ending = Column(String(12))  # closed | given_back | withdrawn | left
    outcome = Column(String(20))  # what the agent chose: a key of data/desk.yml
    told = Column(String(500))  # what the agent told the customer about it
    customer_says = Column(String(10))  # solved | unsolved
    __table_args__ = (
        Index("ix_handoffs_conversation", "conversation_id", "asked_at"),
        Index("ix_handoffs_open", "ended_at", "waits_from"),
        Index("ix_handoffs_asked", "asked_at"),
    )


class Note(Base):
    """What an agent wrote for other agents only. It stands behind row `after_seq` of the log, and is no row of it.

    `source` is where it was said, null where it was thought of at the desk. `plain` is as in the log.
    """

    __tablename__ = "notes"
    id = Column(String(40), primary_key=True)
    conversation_id = Column(String(40), ForeignKey("conversations.id"), nullable=False)
    agent_id = Column(String(40), ForeignKey("agents.id"), nullable=False)
    after_seq = Column(Integer, nullable=False)
    text = Column(String(2000), nullable=False)
    plain = Column(Text)
    source = Column(String(10))  # phone | counter
    created_at = Column(UtcDateTime, nullable=False)
    __table_args__ = (Index("ix_notes_conversation", "conversation_id", "created_at"),)


class Promise(Base):
    """Something a customer was told would happen by a time. Missed promises are told to the customer first."""

    __tablename__ = "promises"
    id = Column(String(40), primary_key=True)
    conversation_id = Column(String(40), ForeignKey("conversations.id"), nullable=False)
    key = Column(String(80), nullable=False)
    due = Column(UtcDateTime, nullable=False)
    about = Column(JSON, nullable=False)
    request_number = Column(Integer, nullable=False)  # the staff request that keeps it when it is closed
    turn_id = Column(String(40), nullable=False)
    created_at = Column(UtcDateTime, nullable=False)
    settled_at = Column(UtcDateTime)
    outcome = Column(String(10))  # kept | missed
    __table_args__ = (Index("ix_promises_conversation", "conversation_id", "key"),)


class Choice(Base):
    """A sentence that could mean several things, what was offered for it and what the customer chose.

    `sentence_id` is the turn of the sentence, whose words are in the log; `answer` is how it was answered, null while
    it is not.
    """

    __tablename__ = "choices"
    id = Column(String(40), primary_key=True)
    conversation_id = Column(String(40), ForeignKey("conversations.id"), nullable=False, index=True)
    sentence_id = Column(String(40), nullable=False, unique=True)
    offered = Column(JSON, nullable=False)  # [{intent, confidence}]
    chosen = Column(String(80))
    answer = Column(String(10))  # button | words | none | left
    answered_in = Column(String(40))
    asked_at = Column(UtcDateTime, nullable=False, index=True)
    answered_at = Column(UtcDateTime)


class WrongAnswer(Base):
    """A turn of the assistant's that somebody of the shop calls wrong: for trainers. Who said so is not kept.

    `understood` is the intent the message was taken for, `meant` the right one, null where it is none that there is.
    """

    __tablename__ = "wrong_answers"
    turn_id = Column(String(40), primary_key=True)
    conversation_id = Column(String(40), ForeignKey("conversations.id"), nullable=False)
    understood = Column(String(80))
    meant = Column(String(80))
    at = Column(UtcDateTime, nullable=False)
    __table_args__ = (Index("ix_wrong_answers_conversation", "conversation_id"), Index("ix_wrong_answers_at", "at"))


class ReviewTag(Base):
    """A word by which trainers find a conversation again. Who gave it is not kept; it goes with the conversation."""

    __tablename__ = "review_tags"
    conversation_id = Column(String(40), ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    tag = Column(String(40), primary_key=True)
    at = Column(UtcDateTime, nullable=False)
    __table_args__ = (Index("ix_review_tags_tag", "tag"),)


class ReviewComment(Base):
    """What a trainer wrote about a conversation, personal data masked. Likewise."""

    __tablename__ = "review_comments"
    id = Column(String(40), primary_key=True)
    conversation_id = Column(String(40), ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False)
    text = Column(String(2000), nullable=False)
    at = Column(UtcDateTime, nullable=False)
    __table_args__ = (Index("ix_review_comments_conversation", "conversation_id", "at"),)


class InboxSentence(Base):
    """A sentence of a customer's that trainers look at, by the id of its turn: the words stay in the log (`inbox.py`).

    `group_id` is what sentences alike have in common; it changes only when a trainer merges or splits. `handed`: a
    person was asked for right after. `step_id` is the step that last changed it.
    """

    __tablename__ = "inbox_sentences"
    turn_id = Column(String(40), primary_key=True)
    group_id = Column(String(40), nullable=False)
    at = Column(UtcDateTime, nullable=False)
    handed = Column(Boolean, nullable=False, default=False, server_default=false())
    state = Column(String(10), nullable=False)  # open | skipped | ignored | labelled
    step_id = Column(String(40))
    __table_args__ = (
        Index("ix_inbox_sentences_group", "group_id"),
        Index("ix_inbox_sentences_state", "state", "at"),
        Index("ix_inbox_sentences_at", "at"),
    )


class InboxStep(Base):
    """Something a trainer did in the inbox, as far as it is needed to undo it; who did it is not kept.

    `before` are the sentences as they were: `[turn_id, group_id, state, step_id]`, no words.
    """

    __tablename__ = "inbox_steps"
    id = Column(String(40), primary_key=True)
    number = Column(Integer, nullable=False, unique=True)  # the order in which they were done
    kind = Column(String(10), nullable=False)  # label | skip | ignore | reopen | merge | split
    before = Column(JSON, nullable=False)
    at = Column(UtcDateTime, nullable=False)


class Label(Base):
    """A sentence that a trainer has written for an intent, with annotations; nothing of a customer's is in it any more.

    `held_out`: it is for testing, not for training. `batch` names the change with which it was written into the files.
    """

    __tablename__ = "labels"
    id = Column(String(40), primary_key=True)
    step_id = Column(String(40), nullable=False, index=True)
    sentence = Column(Text, nullable=False)
    intent = Column(String(80), nullable=False)
    held_out = Column(Boolean, nullable=False)
    state = Column(String(10), nullable=False)  # pending | applied | dropped
    batch = Column(String(80), index=True)
    at = Column(UtcDateTime, nullable=False)
    settled_at = Column(UtcDateTime)
    __table_args__ = (Index("ix_labels_state", "state", "at"),)


class Job(Base):
    """Something to be done at a time, and marked done once, whatever is restarted in between.

    `takes` counts how often it was begun and never goes back; `attempts` counts failures in a row.
    """

    __tablename__ = "jobs"
    id = Column(String(40), primary_key=True)
    kind = Column(String(40), nullable=False)
    key = Column(String(160), nullable=False)
    due = Column(UtcDateTime, nullable=False)
    payload = Column(JSON, nullable=False)
    takes = Column(Integer, nullable=False, default=0)
    attempts = Column(Integer, nullable=False, default=0)
    lease_owner = Column(String(80))
    lease_until = Column(UtcDateTime)
    finished_at = Column(UtcDateTime)
    outcome = Column(String(10))  # done | gave_up
    last_error = Column(String(200))
    created_at = Column(UtcDateTime, nullable=False)
    __table_args__ = (UniqueConstraint("kind", "key"), Index("ix_jobs_open_due", "finished_at", "due"))


class Lease(Base):
    """Who does what only one process may do, and until when."""

    __tablename__ = "leases"
    name = Column(String(40), primary_key=True)
    owner = Column(String(80), nullable=False)
    until = Column(UtcDateTime, nullable=False)


class Delivery(Base):
    """How far a conversation has been sent on a channel that is sent to: everything up to `sent_seq` is settled.

    `gone_at`: since when nothing can be sent there, because the customer blocked us or the chat was deleted.
    """

    __tablename__ = "deliveries"
    conversation_id = Column(String(40), ForeignKey("conversations.id"), primary_key=True)
    channel = Column(String(20), primary_key=True)
    address = Column(String(64), nullable=False)
    sent_seq = Column(Integer, nullable=False, default=0)
    gone_at = Column(UtcDateTime)
    __table_args__ = (Index("ix_deliveries_address", "channel", "address"),)


class DeliveryMark(Base):
    """What became of one part of a message on such a channel. `doubts` counts how often it may have been sent twice."""

    __tablename__ = "delivery_marks"
    message_id = Column(String(40), ForeignKey("messages.id"), primary_key=True)
    channel = Column(String(20), primary_key=True)
    part = Column(Integer, primary_key=True)
    state = Column(String(10), nullable=False)  # waiting | sending | sent | refused
    external_id = Column(String(40))
    doubts = Column(Integer, nullable=False, default=0)
    at = Column(UtcDateTime, nullable=False)


class ModelChange(Base):
    """A trained model that went into service; figures are those its test measured, by name."""

    __tablename__ = "model_changes"
    id = Column(String(40), primary_key=True)
    at = Column(UtcDateTime, nullable=False, index=True)
    action = Column(String(10), nullable=False)  # first | publish | rollback | upgrade
    by = Column(String(80), nullable=False)
    why = Column(String(500), nullable=False)
    sha256 = Column(String(64), nullable=False)
    fingerprint = Column(String(64), nullable=False)
    previous_sha256 = Column(String(64))
    figures = Column(JSON, nullable=False)
    override = Column(Boolean, nullable=False)
