import json

from flask import Blueprint, jsonify, request
from sqlalchemy import select

import config
from database import Debate, Session
from services.speech import speak

blueprint = Blueprint("debates", __name__, url_prefix="/api/debates")


@blueprint.post("")
def create():
    with Session() as session:
        debate = Debate(question=request.json["question"])
        session.add(debate)
        session.commit()
        (config.DEBATES / f"{debate.id}.json").write_text(json.dumps({"question": debate.question}))
        return jsonify(id=debate.id), 201


@blueprint.get("")
def listing():
    with Session() as session:
        return jsonify([{"id": debate.id, "question": debate.question} for debate in session.scalars(select(Debate))])


@blueprint.post("/<int:debate_id>/audio")
def audio(debate_id: int):
    path = config.AUDIO / f"{debate_id}.mp3"
    path.write_bytes(speak(request.json["text"]))
    return jsonify(path=path.name), 201


@blueprint.post("/<int:debate_id>/avatar")
def avatar(debate_id: int):
    request.files["avatar"].save(config.AVATARS / f"{debate_id}.png")
    return "", 204
