"""Azure OpenAI's wire protocol on loopback, answered by a rule-based reader instead of a model.

    request ─► server ─► exchange ─► delivery ─► client
                           │
        authentication, faults, deployments, limits
                           │
              one operation per API of the provider:
              chat_completions, responses, embeddings, model_list,
              assistants_routes (stored assistants, threads, messages, runs)

What a request may look like and how it is refused, counted, throttled and billed follows the real
service; what differs is said where it differs. Start it with ``python -m local.openai_emulator`` or,
inside a test, with ``async with server.running_emulator() as emulator``.
"""
