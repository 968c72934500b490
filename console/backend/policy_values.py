"""The policy that holds now as its plain form, for figures that a console asks for every few seconds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from console.backend.opening import OpenStore
from core.catalogue.stored import newest_version
from data.errors import NotFound


class PolicyValues(OpenStore):
    """Reads the policy again only when a newer version is there."""

    _policy: tuple[int, Mapping[str, Any]] = (-1, {})

    def _policy_body(self) -> Mapping[str, Any]:
        """Its plain form. Raises NotFound for a centre without a policy."""
        reader, centre = self._reader(), self.centre.id
        version, _label, _digest = newest_version(reader.rows, centre, "policy")
        if version != self._policy[0]:
            found = reader.one(
                "SELECT body FROM catalogue WHERE centre_id = :centre AND kind = 'policy' AND version = :version",
                centre=centre,
                version=version,
            )
            if found is None:
                raise NotFound("no-policy", "本中心没有政策。", "The centre has no policy.")
            self._policy = (version, json.loads(found[0]) if isinstance(found[0], str) else found[0])
        return self._policy[1]
