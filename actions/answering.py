"""Which intents can be an answer to a question, and which are something else."""

COURTESIES = {"greet", "thank", "say_goodbye", "arrive_by_link"}
# No answer to the question, and no request of their own: the question is explained.
NO_ANSWER = {"", "give_details", "lack_details", "affirm", "deny", "nlu_fallback", "out_of_scope"}
# A number or an e-mail beside these is an answer to the question; beside anything else it belongs to a new request.
ANSWERING = NO_ANSWER | {
    "greet",
    "thank",
    "say_goodbye",
    "complain",
    "give_feedback",
    "ask_capabilities",
    "report_missing_parcel",
    "update_contact_details",
    "continue_elsewhere",
}
