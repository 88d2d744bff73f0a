//! Given names, of which none is also a word of logs.

use std::sync::LazyLock;

use super::word_set::WordSet;

/// Common ones of several languages, in small letters.
pub(super) const GIVEN_NAMES: &str = "\
    aaron abdullah adam adrian agnes agnieszka ahmed aisha alan albert alberto alejandro aleksander alessandro \
    alexander alexandra alexandre alfred alice alicia alina amanda amelie anastasia anders andrea andreas \
    andrei andrew andrzej angela anika anita anja anjali anke anna anne annette annika antoine anton antonio arjun \
    arnaud arthur astrid barbara bartosz beata beate beatrice benedikt benjamin bernard bernd bernhard bettina birgit \
    björn brian bridget brigitte bruno camille carla carlos carmen carol carolina caroline catherine cecilia charles \
    chiara chloe christian christina christine christoph christopher claire clara claudia claudio clemens cornelia \
    cristina dagmar daisuke damian daniel daniela danielle dariusz david deborah denise dennis diana diego dieter \
    dietrich dirk dmitri dominik donald dorothea eduardo edward ekaterina eleanor elena eleonora elisa elisabeth \
    elizabeth elke ellen emilia emilie emily emma enrico eric erik erika esther eugene eva evelyn fabian fatima \
    federica federico felicitas felipe felix fernando fiona francesca francesco francisco franz franziska françois \
    frédéric friedrich gabriel gabriela gabriele geoffrey george georg gerald gerhard gianluca gisela giulia giuseppe \
    greta gudrun guillaume gunnar günter gustav hannah hanna hans harald harriet hassan heather heidi heike heinrich \
    helen helena helga helmut henrik henry hermann hiroshi holger horst hugo ibrahim ignacio ingeborg ingrid irene \
    isabel isabella isabelle ivan jacek jacob jacques jakob jakub james jan jana jane janet janine jasmin javier \
    jeffrey jennifer jens jeremy jessica jesús joachim joan joanna johan johann johanna johannes john jonas jonathan \
    jorge josé josef joseph joshua juan judith julia julian juliane julie julien jürgen justyna karen karin karl \
    karolina kasper katarina katarzyna kate katharina katherine kathleen katja katrin kenneth kerstin kevin klara \
    klaus konrad konstantin kristina krzysztof lars laura laurent leila lena leonardo leonie linda lisa lorenzo \
    louise luca lucas lucia lucie luigi luis luisa lukas maciej magdalena magnus mahmoud malgorzata manfred manuela \
    marcel marcello marcin marco marcus marek margaret margarita margit maria marianne marie marina mario marion \
    marko markus marlene marta martha martin martina mary mateusz mathias mathieu matteo matthew matthias mathilde \
    maurice mauricio mehmet melanie mercedes michael michał michel michele michelle miguel mikael mohamed mohammed \
    monica monika monique moritz nadia nadine natalia natalie nathalie nathan neha nicholas nicolas nicole niklas \
    nikolai nils nina nora norbert olaf olga oliver olivia olivier oscar oskar ottilie pablo pamela paolo pascal \
    patricia patrick patrik paul paula paulina pavel pawel pedro peter petra philip philipp philippe pierre piotr \
    priya rachel rafael rainer raj rajesh ralf raphael rebecca regina reinhard renate renee ricardo richard robert \
    roberto rodrigo roger roland roman ronald rosalind rosemary rudolf ruth ryan sabine sabrina samantha samuel sandra \
    sanjay santiago sarah saskia sebastian sergei sergio sharon sigrid silke silvia simone sofia solveig sonja sophia \
    sophie stefan stefanie stefano stephan stephanie stephen steven stéphane susan susanne suzanne sven svetlana \
    takeshi tamara tanja tatiana teresa thérèse theresa thomas thorsten timothy tobias tomasz torsten ulrich \
    ulrike ursula ute uwe valentina valérie vanessa vera veronica veronika viktor viktoria vincent vivian vladimir \
    volker walter waltraud wendy werner wilhelm william wolfgang xavier yasmin yusuf yuki yvette yvonne zeynep zoe \
    zofia zuzana";

static SET: LazyLock<WordSet> = LazyLock::new(|| WordSet::new(GIVEN_NAMES.split_ascii_whitespace()));

/// Whether a word is a given name, in any case.
pub(super) fn is_given_name(word: &[u8]) -> bool {
    SET.contains(word)
}
