"""Formats of conversations: whose template it is, the tokens it writes, and the prompt that it makes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Format:
    """One format.

    template: its name among `chat_templates`; "": a model that only continues. special: its tokens. frame:
    the prompt, where {0} are the system's words and {1} the user's, <s> the beginning of a text.
    """

    template: str
    special: tuple[str, ...] = ()
    frame: str = ""


FORMATS = {
    "ChatML": Format(
        "Qwen-Qwen2.5-7B-Instruct",
        ("<|im_start|>", "<|im_end|>"),
        "<|im_start|>system\n{0}<|im_end|>\n<|im_start|>user\n{1}<|im_end|>\n<|im_start|>assistant\n",
    ),
    "Gemma": Format(
        "google-gemma-2-2b-it",
        ("<start_of_turn>", "<end_of_turn>"),
        "<s><start_of_turn>user\n{0}\n\n{1}<end_of_turn>\n<start_of_turn>model\n",
    ),
    "Llama 3": Format(
        "meta-llama-Llama-3.1-8B-Instruct",
        ("<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"),
        "<s><|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023\n"
        "Today Date: 26 Jul 2024\n\n{0}<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n{1}<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n",
    ),
    "Mistral": Format(
        "mistralai-Mistral-Nemo-Instruct-2407", ("[INST]", "[/INST]"), "<s>[INST]{0}\n\n{1}[/INST]"
    ),
    "none": Format(""),
}
