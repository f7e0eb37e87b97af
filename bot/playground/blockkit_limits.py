"""Every limit that the stand-in checks in a message or a view: its name, the number, the page that says so.

`D` stands for https://docs.slack.dev/reference/block-kit .
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

# Characters, items or bytes; "at most" unless the name says otherwise.
LIMITS: Final[Mapping[str, int]] = {
    # messages
    "message.blocks": 50,  # D/blocks
    "message.text": 40_000,  # docs.slack.dev/reference/methods/chat.postMessage: Slack cuts there
    "message.update_text": 4_000,  # docs.slack.dev/reference/methods/chat.update: msg_too_long
    "message.markdown_text": 12_000,  # docs.slack.dev/reference/methods/chat.postMessage
    "message.attachments": 100,  # docs.slack.dev/reference/methods/chat.postMessage: too_many_attachments
    # The texts of all blocks together: the error msg_blocks_too_long exists, its number is not documented.
    # Slack's people speak of 12,000 and a margin for the blocks: github.com/slackapi/bolt-js/issues/2509
    "message.characters": 12_000,
    # docs.slack.dev/messaging/message-metadata names the error, not the number; this one is cautious.
    "metadata.bytes": 1_024,
    # views
    "view.blocks": 100,  # D/blocks
    "view.title": 24,  # docs.slack.dev/reference/views/modal-views
    "view.submit": 24,  # the same
    "view.close": 24,  # the same
    "view.private_metadata": 3_000,  # the same
    "view.callback_id": 255,  # the same
    "view.external_id": 255,  # the same
    "view.bytes": 250_000,  # docs.slack.dev/reference/methods/views.open: view_too_large
    "view.stack": 3,  # docs.slack.dev/reference/methods/views.push: push_limit_reached
    # every block and element
    "block.block_id": 255,  # D/blocks
    "element.action_id": 255,  # D/block-elements
    "element.placeholder": 150,  # D/block-elements
    "text.text": 3_000,  # D/composition-objects/text-object
    # blocks
    "section.text": 3_000,  # D/blocks/section-block
    "section.fields": 10,  # the same
    "section.field": 2_000,  # the same
    "header.text": 150,  # D/blocks/header-block
    "context.elements": 10,  # D/blocks/context-block
    "actions.elements": 25,  # D/blocks/actions-block
    "context_actions.elements": 5,  # D/blocks/context-actions-block
    "image.image_url": 3_000,  # D/blocks/image-block
    "image.alt_text": 2_000,  # the same
    "image.title": 2_000,  # the same
    "input.label": 2_000,  # D/blocks/input-block
    "input.hint": 2_000,  # the same
    "markdown.text": 12_000,  # D/blocks/markdown-block: over all markdown blocks of a message
    "alert.text": 200,  # D/blocks/alert-block
    "container.title": 150,  # D/blocks/container-block
    "container.subtitle": 150,  # the same
    "container.child_blocks": 10,  # the same
    # tables and charts
    "table.rows": 100,  # D/blocks/table-block
    "table.cells": 20,  # the same
    "table.column_settings": 20,  # the same
    "table.characters": 10_000,  # the same
    "table.per_message": 1,  # the same: only_one_table_allowed
    "data_table.rows": 201,  # D/blocks/data-table-block: the header counts
    "data_table.cells": 20,  # the same
    "data_table.page_size": 100,  # the same
    "data_table.characters": 20_000,  # the same
    "data_visualization.per_message": 2,  # D/blocks/data-visualization-block
    "data_visualization.title": 50,  # the same
    "data_visualization.segments": 6,  # the same
    "data_visualization.series": 6,  # the same
    "data_visualization.points": 20,  # the same
    "data_visualization.label": 20,  # the same: of a segment, a series, a point, a category
    "data_visualization.axis_label": 50,  # the same
    # elements
    "button.text": 75,  # D/block-elements/button-element
    "button.value": 2_000,  # the same
    "button.url": 3_000,  # the same
    "button.accessibility_label": 75,  # the same
    "overflow.options": 5,  # D/block-elements/overflow-menu-element
    "choices.options": 10,  # D/block-elements/checkboxes-element, radio-button-group-element
    "select.options": 100,  # D/block-elements/select-menu-element
    "select.option_groups": 100,  # the same
    "plain_text_input.max_length": 3_000,  # D/block-elements/plain-text-input-element
    # objects
    "option.text": 75,  # D/composition-objects/option-object
    "option.value": 150,  # the same
    "option.description": 75,  # the same
    "option.url": 3_000,  # the same
    "option_group.label": 75,  # D/composition-objects/option-group-object
    "confirm.title": 100,  # D/composition-objects/confirmation-dialog-object
    "confirm.text": 300,  # the same
    "confirm.button": 30,  # the same
}
