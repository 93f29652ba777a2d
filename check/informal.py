"""Finds the words with which one says "tu" to somebody: what a shop that says "Lei" must not show."""

import re

WORDS = """
ti te tu tuo tua tuoi tue ciao figurati scusa scusami
hai sei sai stai fai dai vai puoi vuoi devi tieni vieni dici avevi eri stavi potevi dovevi chiedevi volevi
scrivi riscrivi leggi chiedi ricevi vedi scegli chiudi apri segui prendi metti rispondi accendi premi attendi aggiungi
parli paghi pensi trovi usi accetti ricarica controlla racconta clicca contatta compila ricorda
dimmi dammi fammi scrivimi riscrivimi raccontami mandami lasciami scrivilo scrivila passala passalo copialo fallo falla
scrivimeli mandala mandane toglilo sceglilo
dirti darti farti ricopialo
"""
PHRASES = (
    "passa la",
    "passa il",
    "lascia perdere",
    "lascia stare",
    "consegna il",
    "prova a",
    "prova con",
    "riprova tra",
    "e riprova",
)
PHRASES += ("manda il", "manda un", "riprova più", "quando passi")
PHRASES += (
    "mi lasci",
    "guarda i",
    "torna nella chat",
    "forse cerchi",
    "torna a leggerl[oa]",
    "quando torni",
    "prova l'assistente",
)  # the same words are formal elsewhere
ENDINGS = (
    r"\w{2,}[aei]r(?:ti|telo|tela|teli|tele|tene)",  # aiutarti, mandarteli
    r"\w{2,}(?:isci|rai|resti)",  # preferisci, dovrai, vorresti
    r"(?<!gli )avvisi",
    r"(?<![^.!?:;]\s)non \w+[aei]r(?:e|l[oaie])",  # Non scrivere il numero della carta.
)
NOUNS = "aperti certi coperti esperti offerti parti reparti scoperti"
INFORMAL = re.compile(
    rf"\b(?!(?:{'|'.join(NOUNS.split())})\b)(?:{'|'.join((*ENDINGS, *PHRASES, *WORDS.split()))})\b", re.IGNORECASE
)


def informal_words(text: str) -> list[str]:
    """Every word or phrase of `text` that says "tu"."""
    return [words.lower() for words in INFORMAL.findall(text)]
