"""Speech by ElevenLabs."""

import config


def speak(text: str) -> bytes:
    from elevenlabs import generate, set_api_key

    set_api_key(config.ELEVENLABS_API_KEY)
    return generate(text=text)
